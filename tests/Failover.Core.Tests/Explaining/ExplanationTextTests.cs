using System.Collections.Immutable;

namespace Failover;

public sealed class ExplanationTextTests
{
    private static readonly Instant Now = new(Second(100));

    [Theory]
    [InlineData(1, Ok, "1 success")]
    [InlineData(2, Ok, "2 successes")]
    [InlineData(1, Fail, "1 failure")]
    [InlineData(12, Fail, "12 failures")]
    [InlineData(1, Error, "1 error")]
    [InlineData(3, Error, "3 errors")]
    public void Observations_are_counted_by_what_they_say(int count, HealthState state, string words) =>
        ExplanationText.Count(count, state).ShouldBe(words);

    [Theory]
    [InlineData(1, 0, "1 failure")]
    [InlineData(3, 20.004, "3 failures in a row over 20s")]
    public void A_streak_has_a_count_and_a_duration(int count, double lasted, string words) =>
        ExplanationText.InARow(new(count, default, new(Second(lasted))), Fail).ShouldBe(words);

    [Theory]
    [InlineData(0.0004, "0ms")]
    [InlineData(0.25, "250ms")]
    [InlineData(1.9999, "1s")]
    [InlineData(41.3, "41s")]
    [InlineData(90.7, "1m30s")]
    [InlineData(-0.5, "-500ms")]
    public void A_duration_is_cut_to_what_people_read(double seconds, string words) =>
        ExplanationText.Rounded(Second(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(0, 3, 100, "fail after 3 failures in a row")]
    [InlineData(0, 1, 100, "fail after 1 failure")]
    [InlineData(0, 1, 111, "fail after 1 failure, at the earliest in 11s")]
    [InlineData(2, 1, 100, "fail after 1 more failure")]
    [InlineData(3, 2, 141.5, "fail after 2 more failures, at the earliest in 41s")]
    public void What_would_flip_it_is_said_with_the_earliest_time_if_that_is_to_come(
        int run,
        int more,
        double at,
        string words
    ) => Flip(run, new Forecast(more, new(Second(at)))).ShouldBe(words);

    [Fact]
    public void Several_ways_are_all_said_the_soonest_first() =>
        Flip(3, new(4, new(Second(110))), new(1, new(Second(141))))
            .ShouldBe(
                "fail after 4 more failures, at the earliest in 10s, or after 1 more failure, at the earliest in 41s"
            );

    private static string Flip(int run, params ImmutableArray<Forecast> ways) =>
        ExplanationText.Flip(Fail, new(run, default, default), ways, Now);
}
