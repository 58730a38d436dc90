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
    public void A_state_to_begin_in_may_be_that_of_the_first_result()
    {
        StateOption option = new("initialState", "where it begins", "ok") { TakesFirst = true };

        option.Check(First).ShouldBe(First);
        option.Parse("first").ShouldBe(new Parsed(First));
        option.Text(First).ShouldBe("first");
        Should
            .Throw<ArgumentOutOfRangeException>(() => option.Check((HealthState)7))
            .ShouldSay("initialState", "initialState is 7; accepted: ok, fail or first");
    }

    [Theory]
    [InlineData("okAfter", "ok_after")]
    [InlineData("task", "task")]
    public void The_key_is_the_name_in_the_spelling_of_files(string name, string key) =>
        new TextOption(name, "anything", "").Key.ShouldBe(key);

    [Theory]
    [InlineData("1ms", 0.001)]
    [InlineData("30d", 2592000)]
    public void A_text_is_read_within_the_bounds(string text, double seconds) =>
        Interval.Parse(text).ShouldBe(new Parsed(Second(seconds)));

    [Theory]
    [InlineData("0s", "which is too short")]
    [InlineData("0.9ms", "which is too short")]
    [InlineData("30d1ms", "which is too long")]
    [InlineData("5", "without a unit")]
    public void A_text_beyond_them_is_refused(string text, string flaw) => Interval.Parse(text).Flaw.ShouldBe(flaw);

    [Theory]
    [InlineData("ok", Ok, null)]
    [InlineData("fail", Fail, null)]
    [InlineData("error", null, null)]
    [InlineData("OK", null, "ok")]
    [InlineData("failed", null, "fail")]
    public void A_state_is_read_to_the_letter(string text, HealthState? value, string? meant)
    {
        StateOption option = new("initialState", "where it begins", "ok");
        option.Parse(text).ShouldBe(new Parsed(value, Meant: meant));
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("1m30.5s", "1m30.5s")]
    public void A_threshold_is_read_as_a_count_or_a_duration(string text, string exact)
    {
        ThresholdOption option = new("okAfter", "how many", "1");
        option.Text(option.Parse(text).Value!).ShouldBe(exact);
    }

    [Theory]
    [InlineData("0", "which is too few")]
    [InlineData("-3", "which is too few")]
    [InlineData("0s", "which is too short")]
    [InlineData("-1s", "which is negative")]
    [InlineData("five", "")]
    [InlineData("1.5", "without a unit")]
    public void A_threshold_of_nothing_is_refused(string text, string flaw) =>
        new ThresholdOption("okAfter", "how many", "1")
            .Parse(text)
            .ShouldSatisfyAllConditions(parsed => parsed.IsValue.ShouldBeFalse(), parsed => parsed.Flaw.ShouldBe(flaw));

    [Fact]
    public void A_joined_threshold_is_reported_in_brackets() =>
        new ThresholdOption("okAfter", "how many", "1")
            .Text(Count(5) & (Minute(1) | Count(10)))
            .ShouldBe("(5 and (1m or 10))");

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
