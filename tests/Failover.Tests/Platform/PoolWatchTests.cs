using System.Collections.Concurrent;
using System.Diagnostics;

namespace Failover;

/// <summary>A pool whose threads are all busy. Each in a process of its own, whose pool is nobody else's.</summary>
public sealed class PoolWatchTests
{
    private const int Blocked = 200;

    [Fact]
    public Task A_pool_that_is_blocked_is_warned_about_once_and_what_is_in_memory_is_still_answered() =>
        Alone.RunAsync(Blocked_threads_hold_up_nobody_for_long);

    [Fact]
    public Task A_pool_that_keeps_up_is_no_word_worth() => Alone.RunAsync(A_pool_that_works_is_left_alone);

    private static async Task Blocked_threads_hold_up_nobody_for_long()
    {
        ConcurrentQueue<string> warnings = new();
        ThreadPool.GetMinThreads(out int usual, out _);
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new ScriptedCheck(), Hour(1), initialState: Ok)
        );
        using ManualResetEventSlim gate = new();
        for (int i = 0; i < Blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        }

        using PoolWatch watch = new(warnings.Enqueue, TimeProvider.System);
        long asked = Stopwatch.GetTimestamp();
        RawAnswer answer = await RawConnection.GetAsync(server.Port, "/mail");

        // Left alone, it takes a minute and a half.
        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(Second(20));
        answer.Body.ShouldBe("OK");
        SpinWait.SpinUntil(() => warnings.Count == 2, Second(30)).ShouldBeTrue();
        warnings.First().ShouldStartWith("the threads of this process are all busy");
        warnings.Last().ShouldStartWith("the threads of this process keep up again, after ");
        ThreadPool.GetMinThreads(out int now, out _);
        now.ShouldBe(usual);
        gate.Set();
    }

    private static async Task A_pool_that_works_is_left_alone()
    {
        ConcurrentQueue<string> warnings = new();
        using PoolWatch watch = new(warnings.Enqueue, TimeProvider.System);

        // Real time: the pool's own is what is watched.
        await Task.Delay(TimeSpan.FromSeconds(4));

        warnings.ShouldBeEmpty();
    }
}
