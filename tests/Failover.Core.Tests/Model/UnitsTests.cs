namespace Failover;

public sealed class UnitsTests
{
    [Fact]
    public void Units_are_durations()
    {
        Second(10).ShouldBe(TimeSpan.FromSeconds(10));
        Minute(3).ShouldBe(TimeSpan.FromMinutes(3));
        Hour(2).ShouldBe(TimeSpan.FromHours(2));
        Day(1).ShouldBe(TimeSpan.FromHours(24));
        Second(-1).ShouldBe(TimeSpan.FromSeconds(-1));
        Second(0).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Fractions_count_to_the_nearest_tick()
    {
        Second(0.1).Ticks.ShouldBe(1_000_000);
        Minute(0.5).ShouldBe(Second(30));
        Hour(1.0 / 3).ShouldBe(Minute(20));
        Day(0.25).ShouldBe(Hour(6));
        Second(0.00000006).Ticks.ShouldBe(1);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    [InlineData(922337203685.4776)]
    [InlineData(-922337203686)]
    public void What_no_duration_holds_is_refused(double count) =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => Second(count))
            .ShouldSay(
                "count",
                FormattableString.Invariant($"count is {count}; accepted: a number that gives at most ")
            );

    [Fact]
    public void The_longest_durations_are_accepted()
    {
        Day(10675199).ShouldBe(TimeSpan.FromDays(10675199));
        Day(-10675199).ShouldBe(TimeSpan.FromDays(-10675199));
        Should.Throw<ArgumentOutOfRangeException>(() => Day(10675200));
    }

    [Fact]
    public void States_are_the_states()
    {
        Ok.ShouldBe(HealthState.Ok);
        Fail.ShouldBe(HealthState.Fail);
        Error.ShouldBe(HealthState.Error);
    }

    [Theory]
    [InlineData("0ms", 0)]
    [InlineData("0.001ms", 0.000001)]
    [InlineData("250ms", 0.25)]
    [InlineData("999ms", 0.999)]
    [InlineData("1s", 1)]
    [InlineData("1.5s", 1.5)]
    [InlineData("59.999s", 59.999)]
    [InlineData("1m", 60)]
    [InlineData("1m30s", 90)]
    [InlineData("59m59s", 3599.9)]
    [InlineData("1h", 3600)]
    [InlineData("1h1m", 3661)]
    [InlineData("23h59m", 86399)]
    [InlineData("1d", 86400)]
    [InlineData("1d2h", 93600)]
    [InlineData("365d", 31536000)]
    [InlineData("-1m30s", -90)]
    public void A_duration_reads_in_its_two_largest_units(string text, double seconds) =>
        Units.Text(Second(seconds)).ShouldBe(text);

    [Fact]
    public void The_outermost_durations_have_a_text_too()
    {
        Units.Text(TimeSpan.MaxValue).ShouldBe("10675199d2h");
        Units.Text(TimeSpan.MinValue).ShouldBe("-10675199d2h");
    }
}
