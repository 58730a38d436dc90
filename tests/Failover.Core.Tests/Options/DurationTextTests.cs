using FsCheck.Fluent;

namespace Failover;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("10s", 10)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("2d", 172800)]
    [InlineData("1d2h3m4s5ms", 93784.005)]
    [InlineData("0s", 0)]
    [InlineData("0.1ms", 0.0001)]
    public void A_duration_is_numbers_with_units_from_the_longest_to_the_shortest(string text, double seconds) =>
        DurationText.Parse(text).ShouldBe(new Parsed(Second(seconds)));

    [Theory]
    [InlineData("5", "without a unit", "5s")]
    [InlineData("1.5", "without a unit", "1.5s")]
    [InlineData("-1s", "which is negative", null)]
    [InlineData("11000000d", "which is too long", null)]
    [InlineData("99999999999999999999d", "which is too long", null)]
    [InlineData("10 Sec", "", "10s")]
    [InlineData("5min", "", "5m")]
    [InlineData("20 milliseconds", "", "20ms")]
    [InlineData("10S", "", "10s")]
    [InlineData("1s1m", "", null)]
    [InlineData("1m1m", "", null)]
    [InlineData("1..5s", "", null)]
    [InlineData("s", "", null)]
    [InlineData("", "", null)]
    [InlineData("1,5s", "", null)]
    [InlineData("1e3s", "", null)]
    [InlineData("soon", "", null)]
    [InlineData("٣s", "", null)]
    public void Another_text_is_refused_with_what_is_wrong_and_what_was_meant(
        string text,
        string flaw,
        string? meant
    ) => DurationText.Parse(text).ShouldBe(Parsed.Refused(flaw, meant));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "0.0001ms")]
    [InlineData(10_000, "1ms")]
    [InlineData(900_005_000_000, "1d1h0.5s")]
    [InlineData(600_000_001, "1m0.0000001s")]
    [InlineData(-10_000_000, "-1s")]
    [InlineData(long.MinValue, "-10675199d2h48m5.4775808s")]
    public void The_exact_text_rounds_nothing(long ticks, string text) =>
        DurationText.Exact(TimeSpan.FromTicks(ticks)).ShouldBe(text);

    [Fact]
    public void The_exact_text_reads_as_the_same_duration() =>
        Property.Holds(
            from bits in Gen.Choose(0, 62)
            from low in Gen.Choose(0, int.MaxValue)
            from high in Gen.Choose(0, int.MaxValue)
            select (((long)high << 31) | (long)low) & ((2L << bits) - 1),
            _ => [],
            ticks =>
                DurationText
                    .Parse(DurationText.Exact(TimeSpan.FromTicks(ticks)))
                    .ShouldBe(new Parsed(TimeSpan.FromTicks(ticks)))
        );
}
