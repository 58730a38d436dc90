namespace Failover;

public sealed class EngineTimerTests : IAsyncDisposable
{
    private readonly ManualTime time = new();
    private readonly Clock clock;
    private readonly EngineTimer timer;
    private int elapsed;

    public EngineTimerTests()
    {
        clock = new(time);
        timer = new(clock, () => elapsed++);
    }

    [Fact]
    public void It_elapses_at_the_earliest_moment_that_it_was_set_to()
    {
        timer.Set(clock.Now + Second(10));
        timer.Set(clock.Now + Second(5));
        timer.Set(clock.Now + Second(7));

        time.Advance(Second(4.999));
        elapsed.ShouldBe(0);
        time.Advance(Second(0.001));
        elapsed.ShouldBe(1);
    }

    [Fact]
    public void Cleared_it_can_be_set_to_a_later_moment()
    {
        timer.Set(clock.Now + Second(1));
        time.Advance(Second(1));
        timer.Clear();

        timer.Set(clock.Now + Second(10));

        time.Advance(Second(10));
        elapsed.ShouldBe(2);
    }

    [Fact]
    public void A_moment_within_a_millisecond_is_not_missed()
    {
        Instant due = clock.Now + TimeSpan.FromMicroseconds(1500);
        timer.Set(due);

        time.Advance(TimeSpan.FromMilliseconds(1));
        elapsed.ShouldBe(0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        elapsed.ShouldBe(1);
        clock.Now.ShouldBeGreaterThanOrEqualTo(due);
    }

    [Fact]
    public void A_moment_that_has_passed_elapses_at_once()
    {
        time.Advance(Second(5));
        timer.Set(clock.Now + -Second(1));

        time.Advance(TimeSpan.Zero);
        elapsed.ShouldBe(1);
    }

    [Fact]
    public void A_moment_that_is_further_off_than_a_timer_can_wait_elapses_early_instead()
    {
        timer.Set(clock.Now + Day(1000));

        time.Advance(Day(1));
        elapsed.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();
}
