using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What is done to a daemon that has only begun to run: no edit is lost, and no signal is lost or ends it in a bad way.</summary>
public sealed class EarlyChangeTests : IAsyncLifetime
{
    // Asked for on the command line, behind it.
    private const string OnSignalOnly = "--no-watch";

    private readonly Target target = Target.Started();
    private DaemonFiles? files;

    // From exec on, or from the handler on; a start takes some 200 ms.
    public static TheoryData<double> Moments => [0, 0.1, 0.2, 0.3, 0.5, 1];

    private DaemonFiles Files => files ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        files = await DaemonFiles.WithAsync("");
        Serve("one");
    }

    public ValueTask DisposeAsync()
    {
        Files.Dispose();
        target.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task An_edit_at_any_moment_is_taken(double moment)
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files);
        await AfterAsync(moment);

        Serve("two");

        await daemon.PollUntilAsync("two", "OK");
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_SIGHUP_after_an_edit_is_heeded_from_the_first_moment_on(double moment)
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files, OnSignalOnly);
        await daemon.HeedsSignalsAsync();
        await AfterAsync(moment);

        Serve("two");
        daemon.Reload();

        await daemon.PollUntilAsync("two", "OK");
    }

    [Fact]
    public async Task A_SIGHUP_is_heeded_also_by_a_daemon_that_was_started_with_it_ignored_as_by_nohup()
    {
        await using QuietDaemon daemon = QuietDaemon.StartUnder(Files, "trap '' HUP", OnSignalOnly);
        await daemon.PollUntilAsync("one", "OK");

        Serve("two");
        daemon.Reload();

        await daemon.PollUntilAsync("two", "OK");
    }

    [Fact]
    public async Task Signals_without_end_harm_nobody()
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files, OnSignalOnly);
        await daemon.HeedsSignalsAsync();
        long begun = Stopwatch.GetTimestamp();

        while (Stopwatch.GetElapsedTime(begun) < Second(0.5))
        {
            daemon.Reload();
        }

        Serve("two");
        daemon.Reload();
        await daemon.PollUntilAsync("two", "OK");
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_SIGTERM_ends_it_well(double moment)
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files);
        await daemon.HeedsSignalsAsync();
        await AfterAsync(moment);

        await daemon.StopAsync();
    }

    [Fact]
    public async Task A_SIGHUP_is_heeded_before_anything_else_is_done()
    {
        string trace = Path.Combine(Files.Folder, "trace");
        await using ChildProcess daemon = Files.Start(
            "strace",
            "-fqq",
            $"--output={trace}",
            "--trace=openat,rt_sigaction"
        );
        string[] calls = await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(trace) ? File.ReadAllLines(trace) : []),
            lines => FirstOf(lines, "failover.yaml\"") >= 0,
            "a configuration that is read"
        );

        int heeded = FirstOf(calls, "rt_sigaction(SIGHUP, {sa_handler=0x");

        heeded.ShouldBeInRange(0, FirstOf(calls, "System.CommandLine.dll\""));
    }

    [Fact]
    public async Task A_SIGHUP_ends_another_command()
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files);
        await daemon.PollUntilAsync("one", "OK");
        await using ChildProcess watch = DaemonFiles.StartCommand("status", "--watch", "--file", Files.Configuration);
        await watch.LineAsync("one");

        watch.Signal(PosixSignal.SIGHUP);

        // By the signal: signal(7).
        (await watch.ExitCodeAsync(Second(10))).ShouldBe(128 + 1);
    }

    private static int FirstOf(string[] calls, string text) =>
        Array.FindIndex(calls, call => call.Contains(text, StringComparison.Ordinal));

    private static async Task AfterAsync(double moment)
    {
        // Real time: the moment is what is tested.
        await Task.Delay(Second(moment), TestContext.Current.CancellationToken);
    }

    private void Serve(string component) =>
        QuietDaemon.Write(Files, $"components:\n  {component}: {{tcp: 127.0.0.1:{target.Port}}}\n");
}
