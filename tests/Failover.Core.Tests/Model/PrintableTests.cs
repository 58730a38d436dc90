namespace Failover;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("refused", "refused")]
    [InlineData("café €", "café €")]
    [InlineData("a\r\nb", @"a\u000d\u000ab")]
    [InlineData("\u001b[2J", @"\u001b[2J")]
    [InlineData("a\0b", @"a\u0000b")]
    [InlineData("a\u2028b", @"a\u2028b")]
    [InlineData("a\u202eb", @"a\u202eb")]
    [InlineData("a\u200db", @"a\u200db")]
    [InlineData("\u200d😀", @"\u200d😀")]
    [InlineData("a\U000e0041b", @"a\udb40\udc41b")]
    public void What_could_break_a_line_or_move_a_terminal_is_written_out(string text, string printable) =>
        Printable.Escape(text).ShouldBe(printable);

    [Theory]
    [InlineData("mail 📮")]
    [InlineData("邮件")]
    [InlineData("👍🏽 ❤️ 🇳🇱 1️⃣")]
    [InlineData("👩🏽\u200d💻 🏳️\u200d🌈")]
    public void An_emoji_is_written_as_itself(string text) => Printable.Escape(text).ShouldBe(text);

    [Fact]
    public void A_cut_leaves_no_half_of_a_character()
    {
        Printable.Escape("a😀b", longest: 2).ShouldBe("a…");
        Printable.Escape("a😀b", longest: 3).ShouldBe("a😀…");
    }

    [Fact]
    public void A_lone_surrogate_is_written_out()
    {
        Printable.Escape("a\ud83d").ShouldBe(@"a\ud83d");
        Printable.Escape("a\ude00\ud83d").ShouldBe(@"a\ude00\ud83d");
    }

    [Fact]
    public void A_text_of_500_characters_stays_and_a_longer_one_is_cut()
    {
        Printable.Escape(new string('x', 500)).ShouldBe(new string('x', 500));
        Printable.Escape(new string('x', 501)).ShouldBe(new string('x', 500) + "…");
        Printable.Escape(new string('x', 501), longest: 501).ShouldBe(new string('x', 501));
    }

    [Theory]
    [InlineData("smtp", "\"smtp\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\r\n\u001bb", "\"a\\u000d\\u000a\\u001bb\"")]
    public void What_was_got_is_shown_on_one_line(string got, string shown) => Printable.Quoted(got).ShouldBe(shown);
}
