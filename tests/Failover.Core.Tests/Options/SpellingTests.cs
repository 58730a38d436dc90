namespace Failover;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("smtp", "smtp", 0)]
    [InlineData("smpt", "smtp", 1)]
    [InlineData("SMTP", "smtp", 0)]
    [InlineData("intervall", "interval", 1)]
    [InlineData("intrval", "interval", 1)]
    [InlineData("intarval", "interval", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("ca", "abc", 3)]
    public void Slips_are_counted(string left, string right, int slips) =>
        Spelling.EditDistance(left, right).ShouldBe(slips);

    [Theory]
    [InlineData("intervall", "interval")]
    [InlineData("smpt", "smtp")]
    [InlineData("fial", "fail")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    [InlineData("a", null)]
    public void The_nearest_word_is_meant_if_it_is_near(string got, string? meant) =>
        Spelling.Nearest(got, ["initial_state", "fail", "interval", "smtp", "ok"]).ShouldBe(meant);
}
