using System.Runtime.InteropServices;
using System.Text.Json;

namespace Failover;

/// <summary>A machine as the guide sets it up: a service, a daemon that watches it, and keepalived, which asks the daemon.</summary>
internal sealed class KeepalivedNode : IAsyncDisposable
{
    private PrivateNetwork? network;
    private DaemonFiles? files;
    private ChildProcess? service;
    private QuietDaemon? daemon;
    private ChildProcess? keepalived;

    /// <summary>The daemon, with the component <c>mail</c> of the guide.</summary>
    public QuietDaemon Daemon => daemon!;

    public ChildProcess Keepalived => keepalived!;

    /// <summary>The table of IPVS: empty where the kernel has none.</summary>
    public string Servers => network!.Read("ip_vs");

    private string TrackFiles => Path.Combine(files!.Folder, "track");

    /// <summary>Makes the network that the rest is started in; skips the test where that is not allowed.</summary>
    public async Task<PrivateNetwork> MakeNetworkAsync() => network = await PrivateNetwork.StartAsync();

    /// <summary>Starts the service, the daemon and keepalived, one after the other.</summary>
    /// <param name="configuration">keepalived's.</param>
    public async Task StartAsync(string configuration)
    {
        const string Listen = "127.0.0.1:8080";
        string yaml = GuideBlock.Of("yaml", "behind-keepalived.md")[0].Text;
        yaml.ShouldStartWith($"listen: {Listen}\n");
        files = await DaemonFiles.WithAsync("");
        QuietDaemon.Write(
            files,
            $"track_files: {TrackFiles}\n{yaml[(yaml.IndexOf('\n', StringComparison.Ordinal) + 1)..]}",
            alsoAt: Listen
        );
        StartService();
        await StartDaemonAsync();

        string file = Path.Combine(files.Folder, "keepalived.conf");
        await File.WriteAllTextAsync(
            file,
            configuration
                .Replace("/run/failover/track", TrackFiles, StringComparison.Ordinal)
                .Replace("script_user failover", "script_user root", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        string[] command = ["keepalived", "--dont-fork", "--log-console", "--no-syslog", "--log-detail"];
        string[] own = ["--pid", $"{file}.pid", "--vrrp_pid", $"{file}.vrrp", "--checkers_pid", $"{file}.checkers"];
        // Its log goes to the standard error.
        string[] shell = ["sh", "-c", "exec \"$@\" 2>&1", "sh"];
        keepalived = Start("keepalived", [.. shell, .. command, .. own, "--use-file", file]);
    }

    /// <summary>Starts what listens on the port that the guide's component probes: any server does.</summary>
    public void StartService() =>
        service = Start(
            "redis-server",
            ["redis-server", "--bind", "127.0.0.1", "--port", "25", "--save", "", "--dir", files!.Folder]
        );

    /// <summary>Kills it.</summary>
    public ValueTask StopServiceAsync() => service!.KillAsync();

    /// <summary>Starts the daemon and waits until it serves.</summary>
    public async Task StartDaemonAsync()
    {
        daemon = QuietDaemon.StartWithin(files!, network!.Under);
        await Eventually.GetAsync(
            () => daemon.PollAsync("mail"),
            answer => answer.Length > 0,
            $"an answer of {daemon.Process}"
        );
    }

    /// <summary>Waits until the service is back as the daemon sees it, and only the latch is left.</summary>
    public Task LatchIsLeftAsync() =>
        Eventually.GetAsync(
            async () =>
            {
                JsonElement mail = await Daemon.StatusOfAsync("mail");
                return $"{mail.GetProperty("is_latched")} {mail.GetProperty("fresh_state")}";
            },
            got => got is "True ok",
            "a latch, and a check that is ok"
        );

    /// <summary>Whether it has an address.</summary>
    public bool Has(string address) => network!.Has(address);

    public async ValueTask DisposeAsync()
    {
        if (keepalived?.TrySignal(PosixSignal.SIGTERM) is true)
        {
            try
            {
                // In order: with it end the script that it runs, and its own children.
                await keepalived.ExitCodeAsync(Second(10));
            }
            catch (TimeoutException)
            {
                // It is killed.
            }
        }

        foreach (IAsyncDisposable? one in new IAsyncDisposable?[] { keepalived, daemon, service, network })
        {
            if (one is not null)
            {
                await one.DisposeAsync();
            }
        }

        files?.Dispose();
    }

    private ChildProcess Start(string package, IEnumerable<string> command) =>
        ChildProcess.Start(network!.Under[0], package, [.. network.Under[1..], .. command]);
}
