using System.Text;

namespace Failover;

/// <summary>What is said to mail servers, and what is made of what they say. That a real one takes it is shown in the tests from end to
/// end.</summary>
public sealed class EmailTests
{
    private const string From = "failover@example.net";
    private const string Hello = "C: EHLO [127.0.0.1]\\r\\n";

    [Fact]
    public async Task A_mail_is_sent_to_each_recipient_with_dots_doubled()
    {
        StringBuilder mail = new();
        await using FaultServer server = Taking(mail, ["250 2.1.5 ok", "250 2.1.5 ok"]);

        SendResult result = await Plain(server, "a@example.net", "b@example.net")
            .SendAsync(ToldOf.Failure(".first\n.second\nlast"));

        result.ShouldBe(SendResult.Taken with { Answer = "250 queued as 1" });
        mail.ToString().ShouldContain("\r\n\r\n..first\r\n..second\r\nlast\r\n");
        mail.ToString().ShouldContain("To: a@example.net,\r\n b@example.net\r\n");
    }

    [Fact]
    public async Task A_recipient_that_is_refused_beside_others_keeps_them_from_nothing_and_is_named()
    {
        await using FaultServer server = Taking(new(), ["550 5.1.1 no such user", "250 ok"]);

        SendResult result = await Plain(server, "a@example.net", "b@example.net").SendAsync(ToldOf.Failure());

        result.Problem.ShouldBeNull();
        result.Answer.ShouldBe("250 queued as 1; a@example.net is refused: 550 5.1.1 no such user");
    }

    [Fact]
    public async Task Where_all_are_refused_the_attempt_has_failed()
    {
        await using FaultServer server = ScriptedServer.Of(
            "S: 220 mx\\r\\n",
            Hello,
            "S: 250-mx\\r\\n250 8BITMIME\\r\\n",
            $"C: MAIL FROM:<{From}>\\r\\n",
            "S: 250 ok\\r\\n",
            "C: RCPT TO:<a@example.net>\\r\\n",
            "S: 550 no such user\\r\\n"
        );

        SendResult result = await Plain(server, "a@example.net").SendAsync(ToldOf.Failure());

        result.ShouldBe(new("a@example.net is refused: 550 no such user"));
    }

    [Theory]
    [InlineData("554 5.7.1 spam", true)]
    [InlineData("452 4.3.1 out of space", false)]
    public async Task A_mail_that_is_refused_for_good_holds_up_no_other(string answer, bool isOfMessage)
    {
        await using FaultServer server = Taking(new(), ["250 ok"], answer);

        SendResult result = await Plain(server, "a@example.net").SendAsync(ToldOf.Failure());

        result.ShouldBe(new($"the message is refused: {answer}", isOfMessage));
    }

    [Fact]
    public async Task A_server_that_offers_no_STARTTLS_is_told_neither_password_nor_mail()
    {
        await using FaultServer server = ScriptedServer.Of(
            "S: 220 mx\\r\\n",
            Hello,
            "S: 250-mx\\r\\n250 AUTH PLAIN LOGIN\\r\\n"
        );
        Email receiver = new(server.Authority, From, ["a@example.net"], username: "u", password: "hunter2");

        (await receiver.SendAsync(ToldOf.Failure())).Problem.ShouldBe("offers no STARTTLS");
    }

    // RFC 3207, 6; as in CVE-2011-0411.
    [Fact]
    public async Task What_is_said_before_TLS_is_not_taken_for_what_is_said_over_it()
    {
        await using FaultServer server = ScriptedServer.Of(
            "S: 220 mx\\r\\n",
            Hello,
            "S: 250 STARTTLS\\r\\n",
            "C: STARTTLS\\r\\n",
            "S: 220 go on\\r\\n250 AUTH PLAIN\\r\\n"
        );

        // The keyword is in the second line: the first is the server's name.
        (await new Email(server.Authority, From, ["a@example.net"]).SendAsync(ToldOf.Failure())).Problem.ShouldBe(
            "offers no STARTTLS"
        );
        await using FaultServer between = ScriptedServer.Of(
            "S: 220 mx\\r\\n",
            Hello,
            "S: 250-mx\\r\\n250 STARTTLS\\r\\n",
            "C: STARTTLS\\r\\n",
            "S: 220 go on\\r\\n250-mx\\r\\n250 AUTH PLAIN\\r\\n"
        );
        (await new Email(between.Authority, From, ["a@example.net"]).SendAsync(ToldOf.Failure())).Problem.ShouldBe(
            "says more before TLS than it is asked for"
        );
    }

    [Fact]
    public async Task A_server_that_only_has_the_older_log_in_is_logged_in_to_by_it()
    {
        using TestAuthority authority = new();
        using TemporaryFolder folder = new();
        await using FaultServer server = ScriptedServer.Of(
            authority.Issue("mx"),
            "TLS",
            "S: 220 mx\\r\\n",
            Hello,
            "S: 250-mx\\r\\n250 AUTH=LOGIN\\r\\n",
            "C: AUTH LOGIN\\r\\n",
            "S: 334 VXNlcm5hbWU6\\r\\n",
            $"C: {Convert.ToBase64String("u"u8)}\\r\\n",
            "S: 334 UGFzc3dvcmQ6\\r\\n",
            $"C: {Convert.ToBase64String("hunter2"u8)}\\r\\n",
            "S: 535 5.7.8 hunter2 is wrong\\r\\n"
        );
        Email receiver = new(
            server.Authority,
            From,
            ["a@example.net"],
            SmtpSecurity.Tls,
            "u",
            "hunter2",
            folder.Write("ca.pem", authority.RootPem)
        );

        (await receiver.SendAsync(ToldOf.Failure())).Problem.ShouldBe("the log-in is refused: 535 5.7.8 *** is wrong");
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_ends_it()
    {
        using TestAuthority authority = new();
        await using FaultServer server = ScriptedServer.Of(authority.Issue("mx"), "TLS", "S: 220 mx\\r\\n");

        (
            await new Email(server.Authority, From, ["a@example.net"], SmtpSecurity.Tls).SendAsync(ToldOf.Failure())
        ).Problem!.ShouldContain("certificate");
    }

    [Theory]
    [InlineData("S: hello\\r\\n", "speaks no SMTP: \"hello\"")]
    [InlineData("S: 554 no service\\r\\n", "the greeting is refused: 554 no service")]
    [InlineData("END", "closed the connection")]
    public async Task A_server_that_is_none_is_a_failed_attempt(string step, string problem)
    {
        await using FaultServer server = ScriptedServer.Of(step);

        (await Plain(server, "a@example.net").SendAsync(ToldOf.Failure())).Problem.ShouldBe(problem);
    }

    [Theory]
    [InlineData("220-go on\r\n", "an answer of more than 100 lines")]
    [InlineData("x", "a line that does not end")]
    public async Task A_server_that_says_too_much_is_left(string again, string problem)
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                byte[] much = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again, 10_000)));
                while (true)
                {
                    await stream.WriteAsync(much, cancel);
                }
            }
        );

        (await Plain(server, "a@example.net").SendAsync(ToldOf.Failure())).Problem.ShouldBe(problem);
    }

    [Fact]
    public async Task A_server_that_hangs_is_left_at_the_timeout()
    {
        await using FaultServer server = ScriptedServer.Of("S: 220 mx\\r\\n", Hello);

        // Real time: that of a socket.
        Email receiver = new(server.Authority, From, ["a@example.net"], SmtpSecurity.None, timeout: Second(0.2));
        (await receiver.SendAsync(ToldOf.Failure())).Problem.ShouldBe("no answer in time");
    }

    [Fact]
    public void A_password_without_TLS_is_refused() =>
        Should
            .Throw<ArgumentException>(() => new Email("mx", From, ["a@example.net"], SmtpSecurity.None, "u", "hunter2"))
            .Message.ShouldStartWith("username is given without TLS; accepted: security starttls or tls");

    [Theory]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@example.net")]
    [InlineData("Ada <ada@example.net>")]
    [InlineData("ada@example.net\r\nRCPT TO:<eve@example.net>")]
    [InlineData("ädä@example.net")]
    public void An_address_that_is_none_is_refused(string address) =>
        Should
            .Throw<ArgumentException>(() => new Email("mx", From, [address]))
            .Message.ShouldStartWith("to is a list with ");

    private static Email Plain(FaultServer server, params string[] to) =>
        new(server.Authority, From, to, SmtpSecurity.None);

    private static FaultServer Taking(StringBuilder mail, string[] recipients, string answer = "250 queued as 1") =>
        new(
            async (stream, cancel) =>
            {
                await ScriptedServer.TalkAsync(
                    stream,
                    ["S: 220 mx\\r\\n", Hello, "S: 250 mx\\r\\n", $"C: MAIL FROM:<{From}>\\r\\n", "S: 250 ok\\r\\n"],
                    null,
                    cancel
                );
                foreach ((int index, string reply) in recipients.Index())
                {
                    await ScriptedServer.TalkAsync(
                        stream,
                        [$"C: RCPT TO:<{(char)('a' + index)}@example.net>\\r\\n", $"S: {reply}\\r\\n"],
                        null,
                        cancel
                    );
                }

                await ScriptedServer.TalkAsync(stream, ["C: DATA\\r\\n", "S: 354 go on\\r\\n"], null, cancel);
                byte[] one = new byte[1];
                while (
                    !mail.ToString().EndsWith("\r\n.\r\n", StringComparison.Ordinal)
                    && await stream.ReadAsync(one, cancel) > 0
                )
                {
                    mail.Append((char)one[0]);
                }

                await ScriptedServer.TalkAsync(stream, [$"S: {answer}\\r\\n"], null, cancel);
            }
        );
}
