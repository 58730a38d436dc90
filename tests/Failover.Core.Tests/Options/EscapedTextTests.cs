namespace Failover;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("/var/lib/healthcheck_users", "/var/lib/healthcheck_users")]
    [InlineData("", "\"\"")]
    [InlineData("a, b: c", "\"a, b: c\"")]
    [InlineData("\"a\\", "\"\\\"a\\\\\"")]
    [InlineData("a\nb\u2028", "\"a\\u000ab\\u2028\"")]
    [InlineData("(a)", "\"(a)\"")]
    public void What_could_be_misread_stands_in_quotes(string text, string exact) =>
        EscapedText.Of(text).ShouldBe(exact);

    [Fact]
    public void Nothing_is_cut() => EscapedText.Of(new string('a', 5000)).Length.ShouldBe(5000);
}
