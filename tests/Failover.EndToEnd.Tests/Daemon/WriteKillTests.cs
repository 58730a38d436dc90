using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A daemon that is killed at its writes: what was said is so at the next start, or what was under way.</summary>
public sealed class WriteKillTests : IDisposable
{
    private const int Killed = 128 + 9;

    private static readonly TimeSpan LongestStop = Second(10);

    // As many at a time as there are processors to run them.
    private readonly SemaphoreSlim turns = new(2);

    public void Dispose() => turns.Dispose();

    /// <summary>Of the calls that write, which are most of all, each third: the ones between are of the same transactions, and <c>StateKillTests</c>
    /// kills a store at each. The others are all there.</summary>
    [Fact]
    public Task A_kill_at_a_write_loses_no_latch_and_no_reset_and_invents_none() =>
        KillServingAsync(step: 3, atLeast: 25);

    [Fact]
    public Task A_kill_at_a_write_of_the_very_first_start_leaves_nothing_in_the_way_of_the_next() =>
        KillBeginningsAsync(step: 3, atLeast: 15);

    /// <summary><c>./build.sh soak --kills</c></summary>
    [Fact(Explicit = true)]
    public Task A_kill_at_any_write_loses_no_latch_and_no_reset_and_invents_none() =>
        KillServingAsync(step: 1, atLeast: 45);

    /// <summary><c>./build.sh soak --kills</c></summary>
    [Fact(Explicit = true)]
    public Task A_kill_at_any_write_of_the_very_first_start_leaves_nothing_in_the_way_of_the_next() =>
        KillBeginningsAsync(step: 1, atLeast: 20);

    // Two failures and a reset, the last words, and what closing moves from the log to the file.
    private async Task KillServingAsync(int step, int atLeast)
    {
        int[] kills = await Task.WhenAll(
            KillAtEachAsync("pwrite64", first: 1, 2 * step),
            KillAtEachAsync("pwrite64", first: 1 + step, 2 * step),
            KillAtEachOfTheOthersAsync()
        );
        kills.Sum().ShouldBeGreaterThan(atLeast);
    }

    // The tables, and the first that is stored in them.
    private async Task KillBeginningsAsync(int step, int atLeast)
    {
        int[] kills = await Task.WhenAll(
            Strace.Writes.Select(call => KillBeginningsAsync(call, call == "pwrite64" ? step : 1))
        );
        kills.Sum().ShouldBeGreaterThan(atLeast);
    }

    private async Task<int> KillAtEachOfTheOthersAsync()
    {
        int kills = 0;
        foreach (string call in Strace.Writes.Skip(1))
        {
            kills += await KillAtEachAsync(call, first: 1, step: 1);
        }

        return kills;
    }

    // Each run goes through the same writes and is killed later than the one before.
    private async Task<int> KillAtEachAsync(string call, int first, int step)
    {
        using LatchedComponent mail = new("mail");
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
        await using (RunningDaemon daemon = await files.ServeAsync())
        {
            await daemon.StopAsync();
        }

        for (int kills = 0; ; kills++)
        {
            await turns.WaitAsync();
            bool hasOutlived = await HasOutlivedAsync(files.Start(Strace.KillAt(call, first + (kills * step))), mail);
            await using RunningDaemon next = await files.ServeAsync();
            await mail.CheckAsync(next);
            if (mail.IsLatched)
            {
                await mail.ResetAsync(next);
            }

            await next.StopAsync();
            turns.Release();
            if (hasOutlived)
            {
                return kills;
            }
        }
    }

    private static async Task<bool> HasOutlivedAsync(ChildProcess started, LatchedComponent mail)
    {
        await using ChildProcess process = started;
        try
        {
            RunningDaemon daemon = await RunningDaemon.WhenServingAsync(process);
            await mail.FailAsync(daemon);
            await mail.ResetAsync(daemon);
            await mail.FailAsync(daemon);
            process.TrySignal(PosixSignal.SIGTERM);
        }
        catch (DaemonDiedException) { }

        return await HasOutlivedAsync(process);
    }

    private async Task<int> KillBeginningsAsync(string call, int step)
    {
        using LatchedComponent mail = new("mail");
        for (int kills = 0; ; kills++)
        {
            await turns.WaitAsync();
            using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
            await using ChildProcess process = files.Start(Strace.KillAt(call, 1 + (kills * step)));
            try
            {
                await RunningDaemon.WhenServingAsync(process);
                process.TrySignal(PosixSignal.SIGTERM);
            }
            catch (DaemonDiedException) { }

            bool hasOutlived = await HasOutlivedAsync(process);
            await using RunningDaemon next = await files.ServeAsync();
            await mail.CheckAsync(next);
            Directory.GetFiles(files.Folder, "*.corrupt-*").ShouldBeEmpty(next.Process.ToString());
            turns.Release();
            if (hasOutlived)
            {
                return kills;
            }
        }
    }

    private static async Task<bool> HasOutlivedAsync(ChildProcess process)
    {
        int code = await process.ExitCodeAsync(LongestStop);
        code.ShouldBeOneOf([0, Killed], process.ToString());
        return code == 0;
    }
}
