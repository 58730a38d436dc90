using System.Text;

namespace Failover;

public sealed class MailTextTests
{
    private static readonly string[] To = ["oncall@example.net", "ops@example.org"];

    [Fact]
    public void A_failure_is_plain_text_that_says_of_itself_that_a_program_wrote_it() =>
        MailText
            .Of(ToldOf.Message(ToldOf.Failure()), "failover@example.net", To)
            .ShouldBe(
                """
                Date: Sun, 01 Mar 2026 12:00:06 +0000
                From: Failover <failover@example.net>
                To: oncall@example.net,
                 ops@example.org
                Subject: FAIL shop/mail
                Message-ID: <p1-7@example.net>
                In-Reply-To: <alarm.p1-5@example.net>
                References: <alarm.p1-5@example.net>
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                connection refused: 192.0.2.1:25
                At 2026-03-01 12:00:05 UTC on eu-1.

                https://health.example.net/-/
                """.ReplaceLineEndings("\r\n")
            );

    [Fact]
    public void What_is_over_refers_to_the_same_alarm_and_has_an_id_of_its_own()
    {
        string mail = Mail(ToldOf.Recovery());

        mail.ShouldContain("\r\nMessage-ID: <p1-9@example.net>\r\n");
        mail.ShouldContain("\r\nReferences: <alarm.p1-5@example.net>\r\n");
        mail.ShouldContain("It lasted 2m5s.");
    }

    [Fact]
    public void What_was_done_refers_to_nothing() => Mail(ToldOf.Event()).ShouldNotContain("References");

    [Fact]
    public void Several_have_another_id_for_each_choice_of_them()
    {
        string[] ids =
        [
            .. new[]
            {
                Mail(ToldOf.Failure()),
                Mail(ToldOf.Failure(), ToldOf.Event()),
                Mail(ToldOf.Failure(), ToldOf.Recovery()),
            }.Select(mail =>
                mail.Split("\r\n").Single(line => line.StartsWith("Message-ID", StringComparison.Ordinal))
            ),
        ];

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id.StartsWith("Message-ID: <p1-7", StringComparison.Ordinal));
    }

    // RFC 5322, 2.1.1, and RFC 2045, 6.7
    [Fact]
    public void Letters_beyond_ASCII_are_encoded_and_no_line_is_long()
    {
        string reason = string.Concat(Enumerable.Repeat("größer = überall ", 40));

        string mail = Mail(ToldOf.Failure(reason, "pöst"));

        mail.All(char.IsAscii).ShouldBeTrue();
        mail.Split("\r\n").ShouldAllBe(line => line.Length <= 76 && !line.EndsWith(' '));
        mail.ShouldContain("\r\nSubject: =?utf-8?B?RkFJTCBww7ZzdA==?=\r\n");
        Decoded(mail).ShouldContain(reason);
    }

    // RFC 2047, 2 and 5: 75 characters at most, and no letter in two words.
    [Fact]
    public void A_long_subject_is_cut_and_written_in_words_that_each_can_be_read()
    {
        string[] words = MailText.Subject(string.Concat(Enumerable.Repeat("ü🚨", 200))).Split("\r\n ");

        words.ShouldAllBe(word => word.Length <= 75);
        string subject = string.Concat(
            words.Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2])))
        );
        subject.ShouldNotContain("\ufffd");
        subject.ShouldEndWith("…");
    }

    [Theory]
    [InlineData("a\r\nBcc: x@y.example", "a  Bcc: x@y.example")]
    [InlineData("=?utf-8?B?eA==?=", "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=")]
    public void A_subject_adds_no_header_and_is_read_as_it_was(string text, string subject) =>
        MailText.Subject(text).ShouldBe(subject);

    private static string Mail(params Notification[] all) =>
        MailText.Of(ToldOf.Message(all), "failover@example.net", To);

    // Quoted-printable.
    private static string Decoded(string mail)
    {
        string body = mail[mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]
            .Replace("=\r\n", "", StringComparison.Ordinal);
        List<byte> bytes = [];
        for (int at = 0; at < body.Length; at++)
        {
            if (body[at] == '=')
            {
                bytes.Add(Convert.ToByte(body.Substring(at + 1, 2), 16));
                at += 2;
            }
            else
            {
                bytes.Add((byte)body[at]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
