namespace Failover;

public sealed class ThresholdTests
{
    private static readonly Threshold TwoMinutes = Minute(2);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void A_count_is_reached_with_the_nth(int observations, bool isReached) =>
        Count(3).IsReachedBy(Of(observations, Second(9))).ShouldBe(isReached);

    [Theory]
    [InlineData(119.9, false)]
    [InlineData(120, true)]
    public void A_duration_is_reached_when_the_streak_lasts_as_long(double seconds, bool isReached) =>
        TwoMinutes.IsReachedBy(Of(2, Second(seconds))).ShouldBe(isReached);

    [Fact]
    public void A_whole_number_is_a_count()
    {
        Threshold five = 5;
        Oneshot task = new();

        five.ShouldBe(Count(5));
        new Hysteresis(task, okAfter: 5, failAfter: 20, errorAfter: 2).ShouldBe(
            new Hysteresis(task, okAfter: Count(5), failAfter: Count(20), errorAfter: Count(2))
        );
        (5 | TwoMinutes).ShouldBe(Count(5) | TwoMinutes);
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Hysteresis(task, failAfter: 0))
            .ShouldSay("count", "threshold is a count of 0; accepted: 1 or more observations");
    }

    [Fact]
    public void A_duration_needs_two_observations() => TwoMinutes.IsReachedBy(Of(1, Day(1))).ShouldBeFalse();

    [Fact]
    public void And_needs_both_or_needs_one()
    {
        Streak many = Of(9, Second(1));
        Streak lengthy = Of(2, Minute(2));
        Streak both = Of(9, Minute(2));

        (Count(3) & TwoMinutes).IsReachedBy(many).ShouldBeFalse();
        (Count(3) & TwoMinutes).IsReachedBy(lengthy).ShouldBeFalse();
        (Count(3) & TwoMinutes).IsReachedBy(both).ShouldBeTrue();
        (Count(3) | TwoMinutes).IsReachedBy(many).ShouldBeTrue();
        (Count(3) | TwoMinutes).IsReachedBy(lengthy).ShouldBeTrue();
        (Count(3) | TwoMinutes).IsReachedBy(Of(2, Second(1))).ShouldBeFalse();
    }

    [Fact]
    public void The_largest_count_can_be_reached()
    {
        Streak almost = Of(int.MaxValue - 1, Second(1));
        Observation seen = StampedObservation.At(Fail, new(Second(2)), 1);

        Count(int.MaxValue).IsReachedBy(almost).ShouldBeFalse();
        Count(int.MaxValue).IsReachedBy(almost.With(seen)).ShouldBeTrue();
        Count(int.MaxValue).IsReachedBy(almost.With(seen).With(seen)).ShouldBeTrue();
    }

    [Fact]
    public void It_reads_as_in_a_sentence()
    {
        Count(3).ToString().ShouldBe("3");
        TwoMinutes.ToString().ShouldBe("2m");
        (Count(5) & Minute(1)).ToString().ShouldBe("5 and 1m");
        (Count(5) | Minute(1)).ToString().ShouldBe("5 or 1m");
        (Count(5) & Minute(1) | Second(90)).ToString().ShouldBe("(5 and 1m) or 1m30s");
    }

    [Fact]
    public void Equal_thresholds_are_equal()
    {
        Count(3).ShouldBe(Count(3));
        Count(3).ShouldNotBe(Count(4));
        TwoMinutes.ShouldBe((Threshold)Second(120));
        (Count(3) & TwoMinutes).ShouldBe(Count(3) & Second(120));
        (Count(3) & TwoMinutes).ShouldNotBe(Count(3) | TwoMinutes);
        (Count(3) & TwoMinutes).GetHashCode().ShouldBe((Count(3) & Second(120)).GetHashCode());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_count_under_1_is_refused(int count) =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => Count(count))
            .ShouldSay("count", $"threshold is a count of {count}; accepted: 1 or more observations");

    [Fact]
    public void A_duration_of_nothing_or_less_is_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => (Threshold)TimeSpan.Zero)
            .ShouldSay("duration", "threshold is a duration of 0ms; accepted: more than 0s");
        Should
            .Throw<ArgumentOutOfRangeException>(() => (Threshold)Second(-90))
            .ShouldSay("duration", "threshold is a duration of -1m30s; accepted: more than 0s");
        ((Threshold)TimeSpan.FromTicks(1)).ShouldNotBeNull();
    }

    [Fact]
    public void A_missing_part_is_refused_where_the_parts_are_joined()
    {
        Should
            .Throw<ArgumentNullException>(() => null! & Count(1))
            .ShouldSay("left", "left is missing; accepted: a threshold");
        Should
            .Throw<ArgumentNullException>(() => Count(1) | null!)
            .ShouldSay("right", "right is missing; accepted: a threshold");
    }

    private static Streak Of(int observations, TimeSpan lasted) =>
        new(observations, new(Second(5)), new(Second(5) + lasted));
}
