namespace Failover;

public sealed class OptionTests
{
    private static readonly DurationOption Interval = new("interval", "how often", Second(10));

    [Fact]
    public void A_duration_is_accepted_from_1_ms_to_30_days()
    {
        Interval.Check(TimeSpan.FromMilliseconds(1)).ShouldBe(TimeSpan.FromMilliseconds(1));
        Interval.Check(Day(30)).ShouldBe(Day(30));
        Should.Throw<ArgumentOutOfRangeException>(() => Interval.Check(TimeSpan.FromTicks(9999)));
        Should.Throw<ArgumentOutOfRangeException>(() => Interval.Check(Day(30) + TimeSpan.FromTicks(1)));
        Should.Throw<ArgumentOutOfRangeException>(() => Interval.Check(TimeSpan.MinValue));
    }

    [Fact]
    public void A_duration_left_out_is_its_default()
    {
        Interval.Check(null).ShouldBe(Second(10));
        Interval.Default.ShouldBe("10s");
        new DurationOption("term", "how long", FallbackText: "for ever").Default.ShouldBe("for ever");
    }

    [Fact]
    public void A_duration_without_a_default_is_required() =>
        Should
            .Throw<ArgumentNullException>(() => new DurationOption("interval", "how often").Check(null))
            .ShouldSay("interval", "interval is missing; accepted: a duration from 1ms to 30d");

    [Theory]
    [InlineData(HealthState.Error, "Error")]
    [InlineData((HealthState)7, "7")]
    [InlineData((HealthState)(-1), "-1")]
    public void A_state_to_begin_in_is_ok_or_fail(HealthState given, string got)
    {
        StateOption option = new("initialState", "where it begins", "ok");

        option.Check(Ok).ShouldBe(Ok);
        option.Check(Fail).ShouldBe(Fail);
        Should
            .Throw<ArgumentOutOfRangeException>(() => option.Check(given))
            .ShouldSay("initialState", $"initialState is {got}; accepted: ok or fail");
    }

    [Fact]
    public void A_task_is_required()
    {
        TaskOption option = new("task", "what is judged");

        option.Default.ShouldBeNull();
        option.Check(new ProbeStub()).ShouldBe(new ProbeStub());
        Should
            .Throw<ArgumentNullException>(() => option.Check(null))
            .ShouldSay("task", "task is missing; accepted: a task");
    }
}
