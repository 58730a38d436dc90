namespace Failover;

public sealed class StreakTests
{
    [Fact]
    public void An_empty_streak_has_no_duration()
    {
        Streak.Empty.Count.ShouldBe(0);
        Streak.Empty.Duration.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Its_duration_is_from_the_end_of_the_first_probe_to_the_end_of_the_newest()
    {
        Observation first = StampedObservation.At(Fail, new(Second(5)), 1) with { Started = default };
        Observation newest = StampedObservation.At(Fail, new(Second(9)), 2) with { Started = new(Second(6)) };

        Streak streak = Streak.Empty.With(first).With(newest);

        (streak.Count, streak.First, streak.Newest).ShouldBe((2, new(Second(5)), new(Second(9))));
        streak.Duration.ShouldBe(Second(4));
    }

    [Fact]
    public void A_probe_that_ended_out_of_order_does_not_shorten_it()
    {
        Streak streak = new(2, new(Second(5)), new(Second(9)));

        streak
            .With(StampedObservation.At(Fail, new(Second(7)), 3))
            .ShouldBe(new Streak(3, new(Second(5)), new(Second(9))));
    }

    [Fact]
    public void A_count_beyond_an_int_stays_at_the_largest()
    {
        Streak full = new(int.MaxValue, default, new(Second(1)));

        full.With(StampedObservation.At(Fail, new(Second(2)), 1))
            .ShouldBe(new Streak(int.MaxValue, default, new(Second(2))));
    }

    [Fact]
    public void It_remembers_the_reason_of_its_first_observation()
    {
        Observation first = StampedObservation.At(Fail, new(Second(5)), 1) with { Reason = "refused" };
        Observation newest = StampedObservation.At(Fail, new(Second(9)), 2) with { Reason = "timed out" };

        Streak.Empty.FirstContrary.ShouldBeNull();
        Streak.Empty.With(first).With(newest).FirstContrary.ShouldBe(new(new(Second(5)), "refused"));
    }
}
