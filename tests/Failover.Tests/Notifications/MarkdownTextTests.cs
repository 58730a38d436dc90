namespace Failover;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("a_b_c and 192.0.2.1:25", "a_b_c and 192.0.2.1:25")]
    [InlineData("_a_ __b", "\\_a\\_ \\_\\_b")]
    [InlineData("*a* ~b~ `c` #d", "\\*a\\* \\~b\\~ \\`c\\` \\#d")]
    [InlineData("- a\n + b\n1. c\n 2) d\n= e", "\\- a\n \\+ b\n1\\. c\n 2\\) d\n\\= e")]
    [InlineData("took 1.5 s - long", "took 1.5 s - long")]
    [InlineData("<script> | \\", "\\<script\\> \\| \\\\")]
    [InlineData("@all", "@\u200ball")]
    public void Markup_is_escaped_and_all_else_stays(string text, string escaped) =>
        MarkdownText.Escape(text).ShouldBe(escaped);
}
