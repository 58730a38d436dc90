using System.Runtime.InteropServices;

namespace Failover;

/// <summary>The first command of the README, as a process at a terminal.</summary>
public sealed class DemoTests
{
    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)] // The terminal is closed.
    public async Task It_serves_at_once_and_a_signal_ends_it_without_a_trace(PosixSignal signal)
    {
        await using ChildProcess demo = DaemonFiles.StartCommand("demo", "--port", "0", "--management-port", "0");
        string poll = Behind(await demo.LineAsync("  poll "), "curl ");
        string folder = Path.GetDirectoryName(Behind(await demo.LineAsync("  file "), "file "))!;
        await using ChildProcess curl = ChildProcess.Start("curl", "curl", "-sS", "--max-time", "10", poll);

        (await curl.ExitCodeAsync(within: Minute(1))).ShouldBe(0, curl.ToString());
        demo.Signal(signal);

        (await demo.ExitCodeAsync(within: Second(20))).ShouldBe(0, demo.ToString());
        await Eventually.IsAsync(() => curl.Output.StartsWith("OK", StringComparison.Ordinal), $"OK from {curl}");
        Directory.Exists(folder).ShouldBeFalse();
    }

    private static string Behind(string line, string text) => line.Split(text, 2)[1].Trim();
}
