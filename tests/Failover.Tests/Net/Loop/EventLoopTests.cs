using System.Runtime.Versioning;

namespace Failover;

/// <summary>One thread for sockets, timers and what others post.</summary>
[SupportedOSPlatform("linux")]
public sealed class EventLoopTests
{
    private static readonly Lazy<EventLoop> Shared = new(() =>
        new EventLoop(new Epoll(), BootTime.Instance, number: 100)
    );

    public EventLoopTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    private static EventLoop Loop => Shared.Value;

    [Fact]
    public async Task What_is_posted_runs_on_its_thread_in_order()
    {
        List<int> ran = [];
        TaskCompletionSource<bool> wasCurrent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        for (int i = 0; i < 100; i++)
        {
            int number = i;
            Loop.Post(() => ran.Add(number));
        }

        Loop.Post(() => wasCurrent.SetResult(EventLoop.Current == Loop && Loop.IsCurrent));

        (await wasCurrent.Task).ShouldBeTrue();
        ran.ShouldBe(Enumerable.Range(0, 100));
        EventLoop.Current.ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_posts_from_any_thread_wakes_it()
    {
        const int Each = 10_000;
        int ran = 0;
        TaskCompletionSource all = new();

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < Each; i++)
                        {
                            Loop.Post(() =>
                            {
                                if (++ran == 4 * Each)
                                {
                                    all.SetResult();
                                }
                            });
                        }
                    })
                )
        );

        await all.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Timers_elapse_in_the_order_of_their_times_and_never_early()
    {
        List<int> elapsed = [];
        TaskCompletionSource last = new();
        long begun = Loop.Time.GetTimestamp();
        LoopTimer third = new(Loop, () => last.SetResult());
        LoopTimer second = new(Loop, () => elapsed.Add(2));
        LoopTimer first = new(Loop, () => elapsed.Add(1));
        LoopTimer never = new(Loop, () => elapsed.Add(0));

        third.Set(Second(0.06));
        second.Set(Second(0.03));
        first.Set(Second(0.01));
        never.Set(Second(0.005));
        never.End();
        await last.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken);

        Loop.Time.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(Second(0.06));
        elapsed.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_timer_that_is_set_anew_elapses_once()
    {
        int count = 0;
        TaskCompletionSource done = new();
        LoopTimer timer = new(Loop, () => count++);
        LoopTimer end = new(Loop, done.SetResult);

        timer.Set(Second(0.01));
        timer.Set(Second(0.02));
        timer.Set(Second(0.03));
        end.Set(Second(0.08));
        await done.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken);

        count.ShouldBe(1);
    }

    [Fact]
    public async Task Those_that_wait_alike_time_out_in_the_order_in_which_they_came_unless_they_leave()
    {
        List<string> seen = [];
        TaskCompletionSource last = new();
        Loop.Post(() =>
        {
            TimeoutList list = new(Loop, Second(0.02));
            Waiter[] all = [.. "abcd".Select(name => new Waiter($"{name}", seen, last))];
            Array.ForEach(all, list.Enter);
            list.Leave(all[1]);
            list.Enter(all[0]);
            list.All().ShouldBe([all[2], all[3], all[0]]);
        });

        await last.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken);

        seen.ShouldBe(["c", "d", "a"]);
    }

    [Fact]
    public async Task A_defect_of_one_ends_that_one()
    {
        List<string> seen = [];
        TaskCompletionSource last = new();
        Loop.Post(() =>
        {
            TimeoutList list = new(Loop, Second(0.01));
            list.Enter(new Waiter("broken", seen, last));
            list.Enter(new Waiter("a", seen, last));
        });

        await last.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken);

        seen.ShouldBe(["broken: no such thing", "a"]);
    }

    // Ends the test with "a".
    private sealed class Waiter(string name, List<string> seen, TaskCompletionSource last) : LoopSocket
    {
        public override void Ready(EpollEvents events) { }

        public override void TimedOut()
        {
            if (name == "broken")
            {
                throw new InvalidOperationException("no such thing");
            }

            seen.Add(name);
            if (name == "a")
            {
                last.SetResult();
            }
        }

        public override void Break(Exception exception) => seen.Add($"{name}: {exception.Message}");
    }
}
