using System.Text.RegularExpressions;

namespace Failover;

/// <summary><c>failover run</c> in this process, on free ports, until it is disposed of.</summary>
internal sealed partial class RunningDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stop = new();
    private readonly CommandUnderTest command = new();
    private readonly Task<int> running;
    private readonly string scheme;

    private RunningDaemon(string components, string[] options, string scheme = "http")
    {
        this.scheme = scheme;
        Rewrite(components);
        running = command.RunAsync(stop.Token, ["run", command.File, .. options]);
    }

    public string Log => command.Output;

    public string Error => command.Error;

    /// <summary>The management API's URL.</summary>
    public string Url => Management().Match(Log).Groups["url"].Value;

    public static Task<RunningDaemon> StartAsync(string components, params string[] options) =>
        StartAsync(new RunningDaemon(components, options));

    /// <summary>With its management API over HTTPS.</summary>
    public static Task<RunningDaemon> StartHttpsAsync(string components, CertificateFiles files) =>
        StartAsync(
            new RunningDaemon(
                $$"""
                tls: {certificate: "{{files.Path}}", key: "{{files.KeyPath}}"}
                {{components}}
                """,
                options: [],
                scheme: "https"
            )
        );

    private static async Task<RunningDaemon> StartAsync(RunningDaemon daemon)
    {
        await daemon.UntilAsync(() => daemon.Url.Length > 0 || daemon.running.IsCompleted);
        return daemon;
    }

    /// <summary>Writes another configuration, which is read within a second or two.</summary>
    public void Rewrite(string components) =>
        command.Write(
            $"""
            listen: "127.0.0.1:0"
            management: "{scheme}://127.0.0.1:0"
            state: memory
            {components}
            """
        );

    /// <summary>The exit code.</summary>
    public async Task<int> StopAsync()
    {
        await stop.CancelAsync();
        return await running.WaitAsync(Patience, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        command.Dispose();
    }

    public async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(Patience, TimeProvider.System);
        while (!isSo())
        {
            // Real time: another task's output is looked at until it is there.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    [GeneratedRegex(@"management at (?<url>https?://127\.0\.0\.1:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Management();
}
