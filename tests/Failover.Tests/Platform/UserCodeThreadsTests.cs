using System.Collections.Concurrent;

namespace Failover;

/// <summary>Where code of the user's runs: on threads of its own, so many at a time.</summary>
public sealed class UserCodeThreadsTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly ManualTime time = new();

    [Fact]
    public async Task A_call_runs_on_a_thread_that_is_none_of_the_pools()
    {
        UserCodeThreads threads = new(time);
        bool? isOfPool = null;

        Observation seen = await threads.RunAsync(
            () =>
            {
                isOfPool = Thread.CurrentThread.IsThreadPoolThread;
                return Task.FromResult(Observation.Ok("up"));
            },
            Second(1),
            stopping: Stop
        );

        seen.Reason.ShouldBe("up");
        isOfPool.ShouldBe(false);
        threads.Running.ShouldBe(0);
    }

    [Fact]
    public async Task The_65th_call_that_blocks_is_an_error_and_never_begins()
    {
        UserCodeThreads threads = new(time);
        using ManualResetEventSlim gate = new();
        using CountdownEvent begun = new(UserCodeThreads.Most);
        Task<Observation>[] blocked =
        [
            .. Enumerable
                .Range(0, UserCodeThreads.Most)
                .Select(_ =>
                    threads.RunAsync(
                        () =>
                        {
                            begun.Signal();
                            gate.Wait(Stop);
                            return Task.FromResult(Observation.Ok());
                        },
                        Second(10),
                        stopping: Stop
                    )
                ),
        ];
        begun.Wait(Stop);
        bool hasBegun = false;

        Task<Observation> late = threads.RunAsync(
            () =>
            {
                hasBegun = true;
                return Task.FromResult(Observation.Ok());
            },
            Second(10),
            stopping: Stop
        );
        time.Advance(Second(9));
        late.IsCompleted.ShouldBeFalse();
        time.Advance(Second(1));

        Observation seen = await late;
        seen.State.ShouldBe(HealthState.Error);
        seen.Reason.ShouldBe("64 checks of user code are running");
        gate.Set();
        (await Task.WhenAll(blocked)).ShouldAllBe(one => one.State == HealthState.Ok);
        hasBegun.ShouldBeFalse();
    }

    [Fact]
    public async Task A_call_that_waits_begins_as_soon_as_another_ends_in_the_order_of_asking()
    {
        UserCodeThreads threads = new(time, most: 1);
        using ManualResetEventSlim gate = new();
        ConcurrentQueue<int> order = new();
        Task<Observation>[] calls =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(i =>
                    threads.RunAsync(
                        () =>
                        {
                            gate.Wait(Stop);
                            order.Enqueue(i);
                            return Task.FromResult(Observation.Ok());
                        },
                        Second(10),
                        stopping: Stop
                    )
                ),
        ];

        gate.Set();

        await Task.WhenAll(calls);
        order.ShouldBe([0, 1, 2, 3]);
        time.TimerCount.ShouldBe(0);
        SpinWait.SpinUntil(() => threads.Running == 0, Second(30)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_that_awaits_holds_no_thread()
    {
        UserCodeThreads threads = new(time, most: 1);
        TaskCompletionSource<Observation> answer = new();
        Task<Observation> awaits = threads.RunAsync(() => answer.Task, Second(10), stopping: Stop);

        (
            await threads.RunAsync(() => Task.FromResult(Observation.Ok("other")), Second(10), stopping: Stop)
        ).Reason.ShouldBe("other");

        awaits.IsCompleted.ShouldBeFalse();
        answer.SetResult(Observation.Fail("down"));
        (await awaits).ShouldBe(Observation.Fail("down"));
    }

    [Fact]
    public async Task What_a_call_throws_the_task_throws_and_the_thread_is_free_again()
    {
        UserCodeThreads threads = new(time, most: 1);
        Task<Observation>? none = null;

        await Should.ThrowAsync<InvalidTimeZoneException>(() =>
            threads.RunAsync(() => throw new InvalidTimeZoneException(), Second(10), stopping: Stop)
        );
        await Should.ThrowAsync<InvalidOperationException>(() =>
            threads.RunAsync(() => none!, Second(10), stopping: Stop)
        );

        SpinWait.SpinUntil(() => threads.Running == 0, Second(30)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_that_waits_is_cancelled_with_the_engine()
    {
        UserCodeThreads threads = new(time, most: 1);
        using ManualResetEventSlim gate = new();
        using CancellationTokenSource stopping = new();
        Task<Observation> blocked = threads.RunAsync(
            () =>
            {
                gate.Wait(Stop);
                return Task.FromResult(Observation.Ok());
            },
            Second(10),
            stopping: Stop
        );
        Task<Observation> waits = threads.RunAsync(
            () => Task.FromResult(Observation.Ok()),
            Second(10),
            stopping: stopping.Token
        );

        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waits);
        time.TimerCount.ShouldBe(0);
        gate.Set();
        await blocked;
    }

    [Fact]
    public Task A_fail_of_code_that_the_starved_pool_held_up_is_an_error() =>
        SeparateProcess.RunAsync(A_starved_pool_is_no_evidence);

    private static async Task A_starved_pool_is_no_evidence()
    {
        UserCodeThreads threads = new(TimeProvider.System);
        using ManualResetEventSlim starved = new();
        using ManualResetEventSlim gate = new();
        using PoolWatch watch = new(_ => starved.Set(), addsThreads: false);
        TaskCompletionSource<Observation> answer = new();
        Task<Observation> awaits = threads.RunAsync(() => answer.Task, Second(10));
        Task<Observation> blocks = threads.RunAsync(
            () =>
            {
                starved.Wait();
                return Task.FromResult(Observation.Fail("refused"));
            },
            Second(10)
        );
        for (int i = 0; i < 200; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        }

        starved.Wait();
        answer.SetResult(Observation.Fail("timed out"));
        gate.Set();

        (await awaits).ShouldBe(Observation.Error("the thread pool was starved meanwhile: timed out"));
        // It needed no thread of the pool.
        (await blocks).ShouldBe(Observation.Fail("refused"));
        (await threads.RunAsync(() => Task.FromResult(Observation.Fail("down")), Second(10))).ShouldBe(
            Observation.Fail("down")
        );
    }
}
