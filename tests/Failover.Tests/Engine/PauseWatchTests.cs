using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Failover;

public sealed class PauseWatchTests
{
    private readonly ManualTime time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_process_that_runs_has_no_pauses()
    {
        List<Pause> told = [];
        using PauseWatch watch = BegunWatch.Start(time, told.Add);

        time.Advance(Minute(10));

        watch.Poll().ShouldBeEmpty();
        watch.Overlaps(0, time.GetTimestamp()).ShouldBeFalse();
        told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0.35, false)]
    [InlineData(0.351, true)]
    [InlineData(3600, true)]
    public void A_tick_that_comes_more_than_250_ms_late_ends_a_pause(double gap, bool isPause)
    {
        using PauseWatch watch = BegunWatch.Start(time);
        time.Advance(Second(1));

        time.Leap(Second(gap));

        watch.Poll().Length.ShouldBe(isPause ? 1 : 0);
    }

    [Fact]
    public void A_pause_is_noticed_by_whoever_asks_before_the_tick_that_is_due()
    {
        List<Pause> told = [];
        using PauseWatch watch = BegunWatch.Start(time, told.Add);
        time.Advance(Second(1));
        long started = time.GetTimestamp();

        time.Leap(Second(5));

        long ended = time.GetTimestamp();
        watch.Overlaps(started, ended).ShouldBeTrue();
        told.ShouldBe([new(1, started, ended)]);
    }

    [Fact]
    public void A_pause_is_noticed_by_the_next_tick_where_nobody_asks()
    {
        List<Pause> told = [];
        using PauseWatch watch = BegunWatch.Start(time, told.Add);
        time.Advance(Second(1));
        time.Leap(Second(5));
        time.Advance(Second(0.1));

        told.Count.ShouldBe(1);
        told[0].Overlaps(Ticks(3), Ticks(4)).ShouldBeTrue();
    }

    [Fact]
    public void A_pause_is_reported_once_however_often_it_is_polled_for()
    {
        List<Pause> told = [];
        using PauseWatch watch = BegunWatch.Start(time, told.Add);
        time.Leap(Second(5));
        watch.Poll();
        watch.Poll();
        time.Advance(Minute(1));

        told.Count.ShouldBe(1);
        watch.Poll().ShouldBe(told);
    }

    [Theory]
    [InlineData(0, 0.9, false)]
    [InlineData(0, 1, true)]
    [InlineData(0, 4, true)]
    [InlineData(2, 3, true)]
    [InlineData(2, 9, true)]
    [InlineData(0, 9, true)]
    [InlineData(6, 9, true)]
    [InlineData(6.1, 9, false)]
    public void What_overlaps_a_pause_from_1_s_to_6_s(double started, double ended, bool overlaps)
    {
        using PauseWatch watch = BegunWatch.Start(time);
        time.Advance(Second(1));
        time.Leap(Second(5));
        watch.Poll();
        time.Advance(Second(5));

        watch.Overlaps(Ticks(started), Ticks(ended)).ShouldBe(overlaps);
    }

    [Fact]
    public void Many_pauses_take_bounded_memory_and_none_is_forgotten()
    {
        using PauseWatch watch = BegunWatch.Start(time);
        for (int i = 0; i < 1000; i++)
        {
            time.Leap(Second(1));
            watch.Poll();
            time.Advance(Second(1));
        }

        ImmutableArray<Pause> pauses = watch.Poll();
        pauses.Length.ShouldBe(64);
        pauses.Select(pause => pause.Number).ShouldBe(Enumerable.Range(937, 64).Select(i => (long)i));
        watch.Overlaps(Ticks(0.5), Ticks(0.6)).ShouldBeTrue();
        watch.Overlaps(Ticks(1999.5), Ticks(1999.6)).ShouldBeFalse();
    }

    [Fact]
    public void After_its_end_it_has_no_timer_and_notices_nothing()
    {
        List<Pause> told = [];
        PauseWatch watch = BegunWatch.Start(time, told.Add);
        time.TimerCount.ShouldBe(1);
        watch.Dispose();
        time.TimerCount.ShouldBe(0);

        time.Leap(Hour(1));

        watch.Poll().ShouldBeEmpty();
        told.ShouldBeEmpty();
    }

    [Fact]
    public void It_sleeps_and_notices_nothing_while_nothing_is_under_observation()
    {
        List<Pause> told = [];
        using PauseWatch watch = new(time, paused: told.Add);
        time.TimerCount.ShouldBe(0);
        time.Leap(Hour(1));
        watch.Poll().ShouldBeEmpty();

        watch.Begin(time.GetTimestamp(), count: 2);
        time.Advance(Second(1));
        watch.End();
        time.Advance(Second(1));
        time.TimerCount.ShouldBe(1);
        watch.End();
        time.Advance(PauseWatch.Interval);

        time.TimerCount.ShouldBe(0);
        time.Leap(Hour(1));
        watch.Poll().ShouldBeEmpty();
        watch.Begin(time.GetTimestamp());
        time.Advance(Hour(1));
        told.ShouldBeEmpty();
    }

    [Fact]
    public void A_pause_counts_from_when_the_process_was_last_seen_running_before_something_began()
    {
        using PauseWatch watch = new(time);
        long seen = time.GetTimestamp();
        time.Leap(Second(5));

        watch.Begin(seen);

        watch.Poll().ShouldBe([new(1, seen, time.GetTimestamp())]);
    }

    [Fact]
    public void It_ticks_on_where_something_begins_before_the_tick_after_the_end()
    {
        List<Pause> told = [];
        using PauseWatch watch = new(time, paused: told.Add);
        for (int i = 0; i < 10; i++)
        {
            watch.Begin(time.GetTimestamp());
            time.Advance(Second(0.03));
            watch.End();
        }

        watch.Begin(time.GetTimestamp());
        time.Advance(Second(1));
        time.Leap(Second(5));
        time.Advance(Second(0.1));

        told.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_is_stopped_by_a_signal_has_a_pause(bool hasLoops)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        using StoppableProcess process = StoppableProcess.Start(
            hasLoops
                ? A_pause_is_noticed_by_the_loop_and_by_whoever_asks
                : A_pause_is_noticed_by_the_thread_and_by_whoever_asks
        );
        (await process.ReadLineAsync()).ShouldBe("watching");

        await process.StopForAsync(Second(2));

        (await process.ReadLineAsync()).ShouldBe("asked: True");
        (await process.ReadLineAsync()).ShouldBe("told: 1");
        (await process.ReadLineAsync()).ShouldBe("threads: 0");
    }

    private static Task A_pause_is_noticed_by_the_thread_and_by_whoever_asks() => WatchAsync(loops: null);

    private static Task A_pause_is_noticed_by_the_loop_and_by_whoever_asks() =>
        WatchAsync(OperatingSystem.IsLinux() ? EventLoops.OfProcess : null);

    private static async Task WatchAsync(EventLoops? loops)
    {
        ConcurrentQueue<Pause> told = new();
        PauseWatch watch = BegunWatch.Start(BootTime.Instance, told.Enqueue, loops);
        long started = BootTime.Instance.GetTimestamp();
        await Console.Out.WriteLineAsync("watching");
        // Real time: whoever asks is awake before the watch's thread, or after it.
        while (BootTime.Instance.GetElapsedTime(started) < Second(1.5))
        {
            Thread.SpinWait(20);
        }

        bool overlaps = watch.Overlaps(started, BootTime.Instance.GetTimestamp());
        await Console.Out.WriteLineAsync($"asked: {overlaps}");
        SpinWait.SpinUntil(() => !told.IsEmpty, Second(20));
        await Console.Out.WriteLineAsync($"told: {told.Count(pause => pause.To - pause.From > 1_500_000_000)}");
        watch.Dispose();
        SpinWait.SpinUntil(() => OwnThreads.Count("Failover ticks") == 0, Second(20));
        await Console.Out.WriteLineAsync($"threads: {OwnThreads.Count("Failover ticks")}");
    }

    private static long Ticks(double seconds) => Second(seconds).Ticks;
}
