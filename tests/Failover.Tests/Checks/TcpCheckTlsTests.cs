namespace Failover;

/// <summary>TLS from the beginning, and STARTTLS of each protocol that has it.</summary>
public sealed class TcpCheckTlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();
    private readonly string ca;
    private readonly (string, string) identity;

    public TcpCheckTlsTests()
    {
        ca = folder.Write("ca.pem", authority.RootPem);
        identity = authority.Issue("a");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(
        TcpPreset.Smtp,
        @"S: 220 a\r\n | C: EHLO localhost\r\n | S: 250-a\r\n250-STARTTLS\r\n250 b\r\n | C: STARTTLS\r\n | S: 220 go\r\n | TLS | C: QUIT\r\n"
    )]
    [InlineData(
        TcpPreset.Imap,
        @"S: * OK\r\n | C: f1 STARTTLS\r\n | S: * more\r\nf1 OK go\r\n | TLS | C: f2 LOGOUT\r\n"
    )]
    [InlineData(TcpPreset.Pop3, @"S: +OK\r\n | C: STLS\r\n | S: +OK go\r\n | TLS | C: QUIT\r\n")]
    [InlineData(TcpPreset.Ftp, @"S: 220 a\r\n | C: AUTH TLS\r\n | S: 234 go\r\n | TLS | C: QUIT\r\n")]
    [InlineData(
        TcpPreset.Ldap,
        @"C: 0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037 | S: 0\x0c\x02\x01\x01x\x07\x0a\x01\0\x04\0\x04\0 | TLS | C: 0\x0c\x02\x01\x02\x60\x07\x02\x01\x03\x04\0\x80\0 | S: 0\x0c\x02\x01\x02a\x07\x0a\x01\0\x04\0\x04\0"
    )]
    [InlineData(
        TcpPreset.Postgres,
        @"C: \0\0\0\x08\x04\xd2\x16\x2f | S: S | TLS | C: \0\0\0\x17\0\x03\0\0user\0failover\0\0 | S: R\0\0\0\x08\0\0\0\x0a"
    )]
    [InlineData(
        TcpPreset.Mysql,
        @"S: \x14\0\0\0\x0a8.0\0\x01\0\0\012345678\0\xff\xff | C: \x20\0\0\x01\0\x8a\0\0\0\0\0\x01\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0 | TLS"
    )]
    public async Task STARTTLS_goes_on_over_TLS(TcpPreset preset, string script)
    {
        await using FaultServer server = ScriptedServer.Of(identity, script.Split(" | "));

        Observation seen = await ProbeAsync(new("127.0.0.1", server.Port, preset: preset, starttls: true, ca: ca));
        Observation untrusted = await ProbeAsync(new("127.0.0.1", server.Port, preset: preset, starttls: true));

        // The root of the tests is valid for 10 days: a warning.
        (seen.State, seen.HasWarning).ShouldBe((Ok, true), seen.Reason);
        seen.PerformanceData.ShouldMatch(@"^name=\S+ connect=\S+ tls=\S+ first_byte=\S+ rest=\S+ total=\S+ days=\d$");
        untrusted.Reason.ShouldBe($"certificate is not trusted: its issuer Test root is unknown: {server.Authority}");
    }

    [Theory]
    [InlineData(TcpPreset.Smtp, @"S: 220 a\r\n | C: EHLO localhost\r\n | S: 250-a\r\n250 XSTARTTLS\r\n", "")]
    [InlineData(TcpPreset.Imap, @"S: * OK\r\n | C: f1 STARTTLS\r\n | S: f1 BAD no\r\n", ", it says \"f1 BAD no\"")]
    [InlineData(TcpPreset.Pop3, @"S: +OK\r\n | C: STLS\r\n | S: -ERR no\r\n", ", it says \"-ERR no\"")]
    [InlineData(TcpPreset.Ftp, @"S: 220 a\r\n | C: AUTH TLS\r\n | S: 500 no\r\n", ", it says \"500 no\"")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x0e\x02\x01\x01x\x09\x0a\x01\x02\x04\0\x04\x02no", ", it says 2 \"no\"")]
    [InlineData(TcpPreset.Postgres, @"C: \0\0\0\x08\x04\xd2\x16\x2f | S: N", "")]
    [InlineData(TcpPreset.Mysql, @"S: \x14\0\0\0\x0a8.0\0\x01\0\0\012345678\0\xff\xf7", "")]
    public async Task A_server_without_STARTTLS_fails(TcpPreset preset, string script, string says)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(new("127.0.0.1", server.Port, preset: preset, starttls: true));

        (seen.State, seen.Reason).ShouldBe((Fail, $"server does not offer STARTTLS{says}"));
    }

    [Fact]
    public async Task What_comes_ahead_of_TLS_does_not_count_as_said_over_it()
    {
        await using FaultServer server = ScriptedServer.Of(
            identity,
            @"S: +OK\r\n",
            @"C: STLS\r\n",
            @"S: +OK go\r\n+OK forged\r\n",
            "TLS"
        );

        Observation seen = await ProbeAsync(
            new("127.0.0.1", server.Port, preset: TcpPreset.Pop3, starttls: true, ca: ca)
        );

        (seen.State, seen.Reason).ShouldBe((Fail, "target sent \"+OK forged\" ahead of TLS"));
    }

    [Fact]
    public async Task TLS_alone_a_protocol_and_an_exchange_are_spoken_over_it()
    {
        await using FaultServer silent = ScriptedServer.Of(identity, "TLS");
        await using FaultServer redis = ScriptedServer.Of(
            identity,
            "TLS",
            @"C: PING\r\n",
            @"S: +PONG\r\n",
            @"C: ECHO a\r\n",
            @"S: $1\r\na\r\n"
        );

        Observation alone = await ProbeAsync(
            new("127.0.0.1", silent.Port, tls: true, ca: ca, warnWithin: Day(1), serverName: "127.0.0.1")
        );
        Observation both = await ProbeAsync(
            new(
                "127.0.0.1",
                redis.Port,
                preset: TcpPreset.Redis,
                exchange: [@"send ECHO a\r\n", @"expect \r\na\r\n"],
                tls: true,
                insecure: true
            )
        );

        alone.Reason.ShouldMatch(@"^TLS in \S+ms$");
        both.Reason.ShouldMatch(@"^answer ""\+PONG"", exchange of 2 steps over TLS in \S+ms$");
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_a_warning_or_a_fail_unless_any_is_accepted()
    {
        await using FaultServer server = ScriptedServer.Of(identity, "TLS");
        TcpCheck With(bool insecure, TimeSpan? expires, TimeSpan? warn) =>
            new(
                "127.0.0.1",
                server.Port,
                tls: true,
                ca: ca,
                insecure: insecure,
                expiresWithin: expires,
                warnWithin: warn
            );

        Observation warned = await ProbeAsync(With(insecure: false, null, null));
        Observation failed = await ProbeAsync(With(insecure: false, Day(30), null));
        Observation insecure = await ProbeAsync(With(insecure: true, null, null));

        warned.HasWarning.ShouldBeTrue();
        warned.Reason.ShouldMatch(@"^certificate expires on \S+, in \d days$");
        (failed.State, failed.Reason).ShouldBe((Fail, warned.Reason));
        (insecure.State, insecure.HasWarning).ShouldBe((Ok, false));
    }

    [Fact]
    public async Task A_stall_ends_at_the_deadline_in_the_handshake_and_behind_it()
    {
        await using FaultServer inHandshake = new((_, _) => Task.CompletedTask);
        await using FaultServer behind = ScriptedServer.Of(identity, "TLS", "S: 22");
        TcpCheck To(FaultServer server) =>
            new("127.0.0.1", server.Port, Second(0.5), preset: TcpPreset.Smtp, tls: true, insecure: true);

        Observation first = await ProbeAsync(To(inHandshake));
        Observation second = await ProbeAsync(To(behind));

        (first.Reason, first.IsTimeout).ShouldBe(
            ($"timed out after 500ms in TLS handshake: {inHandshake.Authority}", true)
        );
        (second.Reason, second.IsTimeout).ShouldBe(
            ($"timed out after 500ms while waiting for the banner, received \"22\": {behind.Authority}", true)
        );
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_an_error()
    {
        Observation seen = await ProbeAsync(new("127.0.0.1", 1, tls: true, ca: "/none/none.pem"));

        seen.State.ShouldBe(Error);
        seen.Reason.ShouldContain("none.pem cannot be read");
    }

    private static async Task<Observation> ProbeAsync(TcpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
