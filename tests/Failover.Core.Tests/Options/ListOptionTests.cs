namespace Failover;

public sealed class ListOptionTests
{
    private static readonly ListOption<TimeSpan> Delays = new(
        "delays",
        "how long is waited",
        new DurationOption("delay", "how long is waited")
    );

    [Fact]
    public void It_accepts_what_its_items_accept()
    {
        Delays.Accepted.ShouldBe("a duration from 1ms to 30d; several in a list");
        Delays.Check([Second(1), Minute(2)]).ShouldBe(new ValueList<TimeSpan>([Second(1), Minute(2)]));
        Delays.Text(new ValueList<TimeSpan>([Second(1), Minute(2)])).ShouldBe("[1s, 2m]");
    }

    [Fact]
    public void Left_out_it_is_refused_unless_there_is_a_default()
    {
        Should
            .Throw<ArgumentNullException>(() => Delays.Check(null))
            .ShouldSay("delays", $"delays is missing; accepted: {Delays.Accepted}");
        new ListOption<TimeSpan>("delays", "how long is waited", Delays.ItemOption, "none").Check(null).ShouldBeNull();
    }

    [Fact]
    public void An_empty_list_is_refused() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => Delays.Check([]))
            .ShouldSay("delays", $"delays is an empty list; accepted: {Delays.Accepted}");

    [Fact]
    public void A_value_out_of_bounds_is_named() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => Delays.Check([Second(1), Day(31)]))
            .ShouldSay("delays", $"delays is a list with \"31d\"; accepted: {Delays.Accepted}");

    [Fact]
    public void A_value_that_is_missing_is_refused() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() =>
                new ListOption<string>("words", "what is said", new TextOption("word", "what is said", "")).Check([
                    "a",
                    null!,
                ])
            )
            .ShouldSay("words", "words is a list with \"null\"; accepted: a text; several in a list");
}
