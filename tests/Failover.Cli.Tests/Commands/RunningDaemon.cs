using System.Text.RegularExpressions;

namespace Failover;

/// <summary><c>failover run</c> in this process, on free ports, until it is disposed of.</summary>
internal sealed partial class RunningDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stop = new();
    private readonly CommandUnderTest command = new();
    private readonly Task<int> running;

    private RunningDaemon(string components, string[] options)
    {
        command.Write(
            $"""
            listen: "127.0.0.1:0"
            management: "127.0.0.1:0"
            state: memory
            {components}
            """
        );
        running = command.RunAsync(stop.Token, ["run", command.File, .. options]);
    }

    public string Log => command.Output;

    public string Error => command.Error;

    /// <summary>The management API's URL.</summary>
    public string Url => Management().Match(Log).Groups["url"].Value;

    public static async Task<RunningDaemon> StartAsync(string components, params string[] options)
    {
        RunningDaemon daemon = new(components, options);
        await daemon.UntilAsync(() => daemon.Url.Length > 0 || daemon.running.IsCompleted);
        return daemon;
    }

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

    [GeneratedRegex(@"management at (?<url>http://127\.0\.0\.1:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Management();
}
