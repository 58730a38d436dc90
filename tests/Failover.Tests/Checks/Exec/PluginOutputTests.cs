namespace Failover;

public sealed class PluginOutputTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("\n \n", "", "")]
    [InlineData("OK\n", "OK", "")]
    [InlineData("\nOK\r\nmore", "OK", "")]
    [InlineData("DISK OK | /=2643MB;5948;5958;0;5968", "DISK OK", "/=2643MB;5948;5958;0;5968")]
    [InlineData("OK |'a b'=1;; c=-0.5%  d=U", "OK", "'a b'=1;; c=-0.5% d=U")]
    [InlineData("OK | it's=1 'it''s'=2", "OK", "'it''s'=2")]
    [InlineData("OK | a=1\nlong\ntext | b=2\nc=3", "OK", "a=1 b=2 c=3")]
    [InlineData("OK\nlong text | b=2", "OK", "b=2")]
    [InlineData("a | b | c=1", "a", "c=1")]
    [InlineData("ps | grep x=y | wc", "ps", "")]
    [InlineData("OK | a=1\u001b[31m b=2", "OK", "b=2")]
    [InlineData("\u001b[31mred", "\\u001b[31mred", "")]
    [InlineData("OK |", "OK", "")]
    [InlineData("| a=1", "", "a=1")]
    public void The_first_line_is_for_people_and_what_is_behind_a_bar_for_machines(
        string output,
        string text,
        string figures
    ) => PluginOutput.Of(output).ShouldBe(new(text, figures));

    [Fact]
    public void Output_that_is_made_to_keep_it_busy_does_not()
    {
        string hostile = "|" + string.Concat(Enumerable.Repeat("'a", CommandOutput.Longest / 2));

        PluginOutput.Of(hostile).Figures.ShouldBe("");
    }
}
