using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A daemon that is told to end while somebody waits for its answer.</summary>
public sealed class DrainTests : IDisposable
{
    private const string Syncs = "fsync,fdatasync";
    private const string Hang = "delay_enter=30s";

    private static readonly TimeSpan LongestDrain = Second(10);

    private readonly LatchedComponent mail = new("mail");

    public void Dispose() => mail.Dispose();

    [Fact]
    public async Task A_poll_and_a_reset_in_flight_are_answered_and_the_answer_is_durable()
    {
        using SilentTarget silent = await SilentTarget.StartAsync();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $"components:\n{mail.Yaml}  slow:\n    tcp: 127.0.0.1:{silent.Port}\n"
        );
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await mail.FailAsync(first);
            Task<string> poll = first.PollAsync("slow");
            await silent.SomebodyWaitsAsync();
            await using ChildProcess hang = await Strace.AttachAsync(first.Process, Syncs, Hang);
            Task<string> reset = first.PostAsync("mail");
            await IsOnItsWayAsync(first);

            long told = Stopwatch.GetTimestamp();
            first.Process.Signal(PosixSignal.SIGTERM);
            await first.Process.LineAsync("draining");
            (poll.IsCompleted, reset.IsCompleted).ShouldBe((false, false));
            await Strace.DetachAsync(hang);
            silent.Accept();

            (await reset).ShouldBe("200 Armed");
            (await poll).ShouldBe("OK");
            (await first.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, first.Process.ToString());
            Stopwatch.GetElapsedTime(told).ShouldBeLessThan(LongestDrain);
        }

        await using RunningDaemon second = await files.ServeAsync();
        (await second.PollAsync("mail")).ShouldBe("OK");
    }

    [Fact]
    public async Task A_reset_that_cannot_be_stored_meanwhile_is_refused_and_the_end_is_a_good_one()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
        await using RunningDaemon daemon = await files.ServeAsync();
        await mail.FailAsync(daemon);
        await using ChildProcess hang = await Strace.AttachAsync(daemon.Process, Syncs, Hang);
        Task<string> reset = daemon.PostAsync("mail");
        await IsOnItsWayAsync(daemon);

        long told = Stopwatch.GetTimestamp();
        daemon.Process.Signal(PosixSignal.SIGTERM);

        (await reset).ShouldBe("503 Could not be stored");
        // The thread that hangs is in the hands of strace, which does not let it go: its process has ended but for that.
        await Eventually.IsAsync(() => HasEnded(daemon.Process.Id), "the end of the daemon");
        Stopwatch.GetElapsedTime(told).ShouldBeLessThan(LongestDrain);
        await hang.KillAsync();
        (await daemon.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, daemon.Process.ToString());
    }

    // proc_pid_stat(5): the state stands behind the name, Z for a process that has ended and is not waited for yet.
    private static bool HasEnded(int process) =>
        File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);

    [Fact]
    public async Task A_reset_at_the_same_moment_is_durable_or_was_not_answered()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
        for (int i = 0; i < 10; i++)
        {
            await using RunningDaemon daemon = await files.ServeAsync();
            await mail.CheckAsync(daemon);
            if (!mail.IsLatched)
            {
                await mail.FailAsync(daemon);
            }

            Task reset = mail.ResetAsync(daemon);
            if (i % 2 == 1)
            {
                await Task.WhenAny(reset, IsOnItsWayAsync(daemon));
            }

            daemon.Process.Signal(PosixSignal.SIGTERM);
            try
            {
                await reset;
            }
            catch (DaemonDiedException) { }

            (await daemon.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, daemon.Process.ToString());
        }

        await using RunningDaemon last = await files.ServeAsync();
        await mail.CheckAsync(last);
    }

    // Decided, and not stored: from then on there is nothing to reset.
    private static Task<bool> IsOnItsWayAsync(RunningDaemon daemon) =>
        Eventually.GetAsync(
            async () => (await daemon.StatusOfAsync("mail")).GetProperty("can_reset").GetBoolean(),
            canReset => !canReset,
            "a reset on its way"
        );
}
