namespace Failover;

/// <summary>A step of an exchange matches at the beginning of what is received; other software searches in it.</summary>
public sealed class ConvertedTcpTests
{
    private const string Banner = "220 mail.example.net ESMTP\r\n";
    private const string Reply = "250-mail.example.net\r\n250-STARTTLS\r\n250 HELP\r\n";

    [Theory]
    [InlineData("^220", Banner, Banner)]
    [InlineData("ESMTP$", Banner, Banner)]
    [InlineData("^220 ([^ ]+) ESMTP(.*)$", Banner, Banner)]
    [InlineData("^250-STARTTLS$", Reply, "250-mail.example.net\r\n250-STARTTLS\r\n")]
    [InlineData("^554|^250 ", Reply, Reply)]
    [InlineData("^STARTTLS", Reply, null)]
    [InlineData("^220$", Banner, null)]
    [InlineData("[$]", "5$\r\n", "5$\r\n")]
    [InlineData(@"\$$", "5$\r\n", "5$\r\n")]
    [InlineData("^220", "220 mail", null)]
    public void A_line_is_found_and_passed(string pattern, string received, string? passed) =>
        Passed(tcp => tcp.MatchLine(pattern), received).ShouldBe(passed);

    [Theory]
    [InlineData("^220", Banner, "220")]
    [InlineData("^ESMTP", Banner, null)]
    [InlineData("ESMTP", Banner, "220 mail.example.net ESMTP")]
    [InlineData("^554|^220", Banner, "220")]
    public void A_match_is_found_anywhere_unless_it_is_anchored(string pattern, string received, string? passed) =>
        Passed(tcp => tcp.Match(pattern), received).ShouldBe(passed);

    /// <summary>The rest of the line that the step before it left does not hide an answer.</summary>
    [Fact]
    public void A_later_match_may_begin_with_a_line() =>
        Passed(
                tcp =>
                {
                    tcp.Expect("+OK"u8.ToArray());
                    tcp.Match(@"^\+OK");
                },
                " ready\r\n+OK bye\r\n"
            )
            .ShouldBe(" ready\r\n+OK");

    [Theory]
    [InlineData("250 mail\r\n", "250 mail\r\n")]
    [InlineData(Reply, Reply)]
    [InlineData("250-mail\r\n", null)]
    [InlineData("554 no\r\n", null)]
    public void A_command_of_SMTP_is_accepted_by_a_whole_reply(string received, string? passed)
    {
        ConvertedTcp tcp = new("mail.example.net", "25");
        tcp.Greet("EHLO probe.example.net");

        Passed(Steps(tcp)[1], received).ShouldBe(passed);
    }

    [Fact]
    public void Bytes_are_escaped()
    {
        ConvertedTcp tcp = new("10.0.0.1", "1");
        tcp.Send("a\\\r\n\0é");
        tcp.Expect([0xff]);

        Steps(tcp).ShouldBe([@"send a\\\r\n\0\xc3\xa9", @"expect \xff"]);
    }

    private static string? Passed(Action<ConvertedTcp> describe, string received)
    {
        ConvertedTcp tcp = new("mail.example.net", "25");
        describe(tcp);
        return Passed(Steps(tcp)[^1], received);
    }

    private static string? Passed(ExchangeStep step, string received) =>
        step.Pattern!.LengthAtStart(received) is { } length ? received[..length] : null;

    private static string[] Steps(ConvertedTcp tcp) =>
        [
            .. ((ConvertedList)((ConvertedMap)tcp.Task()["tcp"]!)["exchange"]!).Items.Select(step =>
                ((ConvertedText)step).Text
            ),
        ];
}
