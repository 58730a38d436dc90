using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>The single file that people download, running from a YAML file.</summary>
internal sealed partial class DaemonServer : Subject
{
    private const int SigHup = 1;
    private const int SigTerm = 15;

    private static readonly TimeSpan ReloadTime = TimeSpan.FromSeconds(60);

    private readonly ChecksPlan plan;
    private readonly string file;
    private readonly string log;
    private readonly string state;
    private readonly int management;
    private readonly NotifySocket notices;
    private int version;

    // Its log goes into a file, as it does under a service manager: a pipe that nobody reads would hold it up.
    private DaemonServer(
        ChecksPlan plan,
        int cores,
        string folder,
        string state,
        int port,
        int management,
        NotifySocket notices
    )
        : base(
            "Failover",
            cores,
            "/bin/sh",
            "-c",
            "export NOTIFY_SOCKET=\"$1/notify\"; exec \"$2\" run \"$1/failover.yaml\" >\"$1/log\" 2>&1",
            "sh",
            folder,
            Program
        )
    {
        this.plan = plan;
        this.state = state;
        this.management = management;
        file = Path.Combine(folder, "failover.yaml");
        log = Path.Combine(folder, "log");
        this.notices = notices;
        Port = port;
    }

    /// <summary>Where <c>build.sh</c> puts it.</summary>
    public static string Program { get; } = Path.GetFullPath("artifacts/failover");

    /// <summary>Where the management API answers.</summary>
    public int ManagementPort => management;

    /// <summary>Starts it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="plan">What it checks.</param>
    /// <param name="cores">How many it may use.</param>
    /// <returns>It, once it answers.</returns>
    public static async Task<DaemonServer> StartAsync(Bench bench, ChecksPlan plan, int cores = 1)
    {
        DaemonServer server = await LaunchAsync(bench, plan, Path.Combine(bench.MakeFolder(), "state.db"), cores);
        await server.WhenListeningAsync(bench.Stop);
        return server;
    }

    /// <summary>Starts it, and does not wait until it answers.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="plan">What it checks.</param>
    /// <param name="state">The state file: one that is not there yet, or what an earlier one has left.</param>
    /// <param name="cores">How many it may use.</param>
    public static async Task<DaemonServer> LaunchAsync(Bench bench, ChecksPlan plan, string state, int cores = 1)
    {
        if (!File.Exists(Program))
        {
            throw new BenchException($"{Program} is missing; ./build.sh bench makes it");
        }

        string home = bench.MakeFolder();
        int port = FreePort();
        int managementPort = FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(home, "failover.yaml"),
            plan.Yaml(port, managementPort, state, version: 0),
            bench.Stop
        );
        return new(plan, cores, home, state, port, managementPort, new(Path.Combine(home, "notify")));
    }

    /// <summary>Whether a component answers that it is ok; null where nobody answers.</summary>
    public async Task<bool?> IsOkAsync(string component, CancellationToken stop) =>
        await WebClient.GetAsync(Port, $"/{component}", stop) is { } body
            ? body.Equals("OK", StringComparison.Ordinal)
            : null;

    /// <summary>Whether every component is ok, as the management API tells.</summary>
    public async Task<bool> AreAllOkAsync(CancellationToken stop)
    {
        string? status = await WebClient.GetAsync(management, "/-/api/v1/status", stop);
        return status is not null && status.AsSpan().Count("\"state\":\"ok\"") == plan.Count;
    }

    /// <summary>Waits until every component is ok.</summary>
    public Task<TimeSpan> WhenAllOkAsync(CancellationToken stop) =>
        // An answer that lists all components costs far more than one that tells of one of them.
        WhenAsync(() => AreAllOkAsync(stop), TimeSpan.FromMilliseconds(plan.Count > 10_000 ? 500 : 20), stop);

    /// <summary>Has it read its file again, with the last component changed.</summary>
    /// <returns>How long it took from the signal until what the file says was in force.</returns>
    public async Task<TimeSpan> ReloadAsync(CancellationToken stop)
    {
        version++;
        await File.WriteAllTextAsync($"{file}.new", plan.Yaml(Port, management, state, version), stop);
        File.Move($"{file}.new", file, overwrite: true);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(ReloadTime);
        long from = Stopwatch.GetTimestamp();
        Signal(SigHup);
        try
        {
            await notices.WhenReloadedAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw await FaultAsync();
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(from);
        string? served = await WebClient.GetAsync(management, $"/-/api/v1/components/{plan.Changed}", stop);
        return served?.Contains($"127.0.0.1:{plan.PortOf(plan.Count - 1, version)}", StringComparison.Ordinal) == true
            ? elapsed
            : throw new BenchException($"the reload is over, but {plan.Changed} is not what the file says: {served}");
    }

    /// <summary>Ends it in the ordinary way.</summary>
    public async Task StopAsync(CancellationToken stop)
    {
        Signal(SigTerm);
        await Process.WaitForExitAsync(stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        notices.Dispose();
    }

    protected override async Task<string> ComplaintAsync() =>
        string.Join('\n', (await File.ReadAllLinesAsync(log)).Where(line => line.Length > 0).TakeLast(5));

    private void Signal(int signal)
    {
        if (Kill(Process.Id, signal) != 0)
        {
            throw new BenchException($"signal {signal} could not be sent to {Name}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
