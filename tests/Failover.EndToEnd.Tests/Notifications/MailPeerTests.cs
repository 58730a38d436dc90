namespace Failover;

/// <summary>A mail server, Debian's aiosmtpd, is told by a daemon: over TLS, by users with passwords.</summary>
public sealed class MailPeerTests
{
    // Says what it takes: a line for each mail. Its first port has STARTTLS, its second TLS from the beginning.
    private const string Script = """
        openssl req -x509 -CA ca.pem -CAkey ca.key -newkey ec:curve.pem -nodes -subj /CN=mx -days 9 \
          -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout mx.key -out mx.pem 2>/dev/null
        cat >server.py <<'END'
        import asyncio, email, ssl, sys
        from email.policy import default
        from aiosmtpd.smtp import SMTP, AuthResult

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody@"):
                    return "550 5.1.1 no such user"
                envelope.rcpt_tos.append(address)
                return "250 ok"

            async def handle_DATA(self, server, session, envelope):
                mail = email.message_from_bytes(envelope.content, policy=default)
                body = mail.get_content().split("\n")[0].strip()
                print("MAIL", ",".join(envelope.rcpt_tos), mail["Subject"], mail["References"], body, sep="|", flush=True)
                return "250 taken"

        def login(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (b"failover", b"hunter2"), handled=False)

        async def serve():
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain("mx.pem", "mx.key")
            known = dict(authenticator=login, auth_required=True, hostname="mx")
            loop = asyncio.get_running_loop()
            await loop.create_server(lambda: SMTP(Handler(), **known, auth_require_tls=False), "127.0.0.1", int(sys.argv[2]), ssl=tls)
            await loop.create_server(lambda: SMTP(Handler(), **known, tls_context=tls), "127.0.0.1", int(sys.argv[1]))
            await asyncio.Event().wait()

        asyncio.run(serve())
        END
        exec /usr/bin/python3 server.py $2 $3
        """;

    [Fact]
    public async Task What_is_over_refers_to_its_alarm_and_one_recipient_that_is_refused_keeps_no_other_from_it()
    {
        await using ServerPeer server = await ServerPeer.StartAsync("python3-aiosmtpd", Script);
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            notifications:
              routes:
                people: {email: {{{Mail(
                server.Port
            )}}, to: [nobody@example.net, oncall@example.net], ca: {{server.Ca}}} }
                others: {email: {{{Mail(server.OtherPort)}}, to: ops@example.net, security: tls, ca: {{server.Ca}}} }
            components:
              größe: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("gr%C3%B6%C3%9Fe", "OK");

        target.Stop();
        string[] fired = (await server.LineAsync("MAIL|oncall@example.net|FAIL größe|")).Split('|');
        await server.LineAsync("MAIL|ops@example.net|FAIL größe|");
        target.Start();
        string[] over = (await server.LineAsync("MAIL|oncall@example.net|OK größe|")).Split('|');

        fired[3].ShouldStartWith("<alarm.");
        over[3].ShouldBe(fired[3]);
        fired[4].ShouldStartWith("refused: 127.0.0.1:");
    }

    [Fact]
    public async Task A_wrong_password_and_a_certificate_of_somebody_else_are_told_in_the_log()
    {
        await using ServerPeer server = await ServerPeer.StartAsync("python3-aiosmtpd", Script);
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            notifications:
              routes:
                wrong: {email: {{{Mail(server.Port, "hunter3")}}, to: ops@example.net, ca: {{server.Ca}}} }
                untrusted: {email: {{{Mail(server.Port)}}, to: ops@example.net} }
            components:
              mail: {tcp: "127.0.0.1:1", interval: 50ms}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();

        (await daemon.Process.LineAsync("on route wrong")).ShouldContain("the log-in is refused: 535");
        (await daemon.Process.LineAsync("on route untrusted")).ShouldContain("certificate");
    }

    private static string Mail(int port, string password = "hunter2") =>
        $"server: \"127.0.0.1:{port}\", from: failover@example.net, username: failover, password: {password}";
}
