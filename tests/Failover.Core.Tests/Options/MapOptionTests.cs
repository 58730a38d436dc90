namespace Failover;

public sealed class MapOptionTests
{
    private static readonly MapOption<TimeSpan> Delays = new(
        "delays",
        "how long is waited",
        new NameOption(),
        new DurationOption("delay", "how long is waited")
    );

    [Fact]
    public void It_accepts_what_its_keys_and_values_accept()
    {
        Delays.Accepted.ShouldBe("a mapping, each key a or b, each value a duration from 1ms to 30d");
        ValueList<KeyValuePair<string, TimeSpan>> map = Delays.Check([new("b", Second(1)), new("a", Minute(2))])!;

        map.Select(entry => entry.Key).ShouldBe(["b", "a"]);
        Delays.Text(map).ShouldBe("{b: 1s, a: 2m}");
    }

    [Fact]
    public void Left_out_it_is_refused_unless_there_is_a_default()
    {
        Should
            .Throw<ArgumentNullException>(() => Delays.Check(null))
            .ShouldSay("delays", $"delays is missing; accepted: {Delays.Accepted}");
        new MapOption<TimeSpan>("delays", "how long is waited", Delays.KeyOption, Delays.ValueOption, "none")
            .Check(null)
            .ShouldBeNull();
    }

    [Fact]
    public void What_is_wrong_with_an_entry_is_named()
    {
        Refused([]).ShouldSay("delays", $"delays is an empty map; accepted: {Delays.Accepted}");
        Refused([new("c", Second(1))]).ShouldSay("delays", "delays is a map with the key \"c\"; ");
        Refused([new(null!, Second(1))]).ShouldSay("delays", "delays is a map with the key \"null\"; ");
        Refused([new("a", Second(1)), new("a", Second(2))]).ShouldSay("delays", "delays is a map with two of \"a\"; ");
        Refused([new("a", Day(31))]).ShouldSay("delays", "delays is a map with \"31d\" for \"a\"; ");
    }

    private static ArgumentOutOfRangeException Refused(KeyValuePair<string, TimeSpan>[] given) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Delays.Check(given));

    private sealed record NameOption() : ScalarOption("name", "a name")
    {
        public override string Accepted => "a or b";

        public override string? Default => null;

        internal override Parsed Parse(string text) => Parsed.OneOf(text, [("a", "a"), ("b", "b")]);

        internal override string Text(object value) => (string)value;
    }
}
