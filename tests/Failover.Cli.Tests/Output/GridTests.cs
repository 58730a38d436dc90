namespace Failover;

public sealed class GridTests
{
    [Fact]
    public void Columns_begin_below_each_other_whatever_the_width_of_the_characters()
    {
        Grid table = new(
            ["NAME", "STATE"],
            [
                [Cell.Escaped("mail"), Cell.Of(Ok)],
                [Cell.Escaped("邮件"), Cell.Of(Ok)],
                [Cell.Escaped("📮"), Cell.Of(Ok)],
                [Cell.Escaped("ﾒｰﾙ"), Cell.Of(Ok)],
                [Cell.Escaped("cafe\u0301"), Cell.Of(Ok)],
            ]
        );

        string.Join('\n', table.Lines().Select(line => line.Text))
            .ShouldBe(
                """
                NAME  STATE
                mail  ok
                邮件  ok
                📮    ok
                ﾒｰﾙ   ok
                café  ok
                """.Replace("é", "e\u0301", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData("mail", 4)]
    [InlineData("", 0)]
    [InlineData("메일", 4)]
    [InlineData("❤️", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("👩🏽\u200d💻", 2)]
    [InlineData("🇳🇱", 2)]
    [InlineData("café €", 6)]
    public void A_text_takes_the_columns_that_a_terminal_shows_it_in(string text, int columns) =>
        DisplayWidth.Of(text).ShouldBe(columns);
}
