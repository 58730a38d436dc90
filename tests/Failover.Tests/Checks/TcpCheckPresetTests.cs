namespace Failover;

/// <summary>What each protocol takes for an answer of a server that is up, and what for one that is not.</summary>
public sealed class TcpCheckPresetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The server's side of a protocol, the steps separated by " | "; what the check says, ahead of " in 12ms".
    [Theory]
    [InlineData(TcpPreset.Smtp, @"S: 220 mail ESMTP\r\n | C: QUIT\r\n", "banner \"220 mail ESMTP\"")]
    [InlineData(TcpPreset.Smtp, @"S: 220-a\r\n22 | S: 0-b\n220 c\r\n | C: QUIT\r\n", "banner \"220-a\"")]
    [InlineData(TcpPreset.Ftp, @"S: 220-a\r\n any\r\n220\r\n | C: QUIT\r\n", "banner \"220-a\"")]
    [InlineData(TcpPreset.Imap, @"S: * OK ready\r\n | C: f2 LOGOUT\r\n", "banner \"* OK ready\"")]
    [InlineData(TcpPreset.Imap, @"S: * PREAUTH\r\n | C: f2 LOGOUT\r\n", "banner \"* PREAUTH\"")]
    [InlineData(TcpPreset.Pop3, @"S: +OK ready\r\n | C: QUIT\r\n", "banner \"+OK ready\"")]
    [InlineData(TcpPreset.Redis, @"C: PING\r\n | S: +PONG\r\n | C: QUIT\r\n", "answer \"+PONG\"")]
    [InlineData(TcpPreset.Redis, @"C: PING\r\n | S: -NOAUTH no.\r\n | C: QUIT\r\n", "answer \"-NOAUTH no.\"")]
    [InlineData(TcpPreset.Ssh, @"S: Welcome\r\nSSH-2.0-it\r\n", "banner \"SSH-2.0-it\"")]
    [InlineData(TcpPreset.Ssh, @"S: SSH-1.99-old\n", "banner \"SSH-1.99-old\"")]
    [InlineData(TcpPreset.Amqp, @"C: AMQP\0\0\x09\x01 | S: \x01\0\0\0\0\0\x04\0\x0a\0\x0a\xce", "AMQP 0-9-1")]
    [InlineData(TcpPreset.Postgres, StartupMessage + @" | S: R\0\0\0\x08\0\0\0\x0a", "accepts connections")]
    [InlineData(TcpPreset.Postgres, StartupMessage + @" | S: N\0\0\0\x05\0R\0\0\0\x08\0\0\0\0", "accepts connections")]
    [InlineData(TcpPreset.Postgres, StartupMessage + @" | S: E\0\0\0\x0fC28000\0Mno\0\0", "accepts connections")]
    [InlineData(TcpPreset.Mysql, Greeting, "version \"8.0\"")]
    [InlineData(TcpPreset.Mysql, @"S: \x05\0\0\0\xff\x6a\x04no", "server says \"no\" (1130)")]
    [InlineData(
        TcpPreset.Ldap,
        BindMessage + @" | S: 0\x0c\x02\x01\x02a\x07\x0a\x01\0\x04\0\x04\0 | " + Unbind,
        "bind answered with 0"
    )]
    [InlineData(
        TcpPreset.Ldap,
        BindMessage + @" | S: 0\x84\0\0\0\x0e\x02\x01\x02a\x09\x0a\x01\x30\x04\0\x04\x02no | " + Unbind,
        "bind answered with 48 \"no\""
    )]
    public async Task A_server_that_is_up_says_so(TcpPreset preset, string script, string said)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, preset);

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldMatch($@"^{System.Text.RegularExpressions.Regex.Escape(said)} in \S+ms$");
        seen.PerformanceData.ShouldMatch(@"^name=\S+ connect=\S+ first_byte=\S+ rest=\S+ total=\S+$");
    }

    [Theory]
    [InlineData(TcpPreset.Smtp, @"S: 554 no\r\n", "banner is \"554 no\", expected to begin with 220")]
    [InlineData(TcpPreset.Ftp, @"S: 421 too many\r\n", "banner is \"421 too many\", expected to begin with 220")]
    [InlineData(TcpPreset.Imap, @"S: * BYE\r\n", "banner is \"* BYE\", expected to begin with * OK or * PREAUTH")]
    [InlineData(TcpPreset.Pop3, @"S: -ERR\r\n", "banner is \"-ERR\", expected to begin with +OK")]
    [InlineData(
        TcpPreset.Redis,
        @"C: PING\r\n | S: -LOADING it\r\n",
        "answer to PING is \"-LOADING it\", expected to begin with +PONG or -NOAUTH"
    )]
    [InlineData(
        TcpPreset.Redis,
        @"S: -DENIED it\r\n | END",
        "answer to PING is \"-DENIED it\", expected to begin with +PONG or -NOAUTH"
    )]
    [InlineData(
        TcpPreset.Ssh,
        @"S: SSH-1.5-it\r\n",
        "banner is \"SSH-1.5-it\", expected to begin with SSH-2.0- or SSH-1.99-"
    )]
    [InlineData(TcpPreset.Amqp, @"S: AMQP\0\x01\0\0", "server speaks AMQP 1-0-0, expected 0-9-1")]
    [InlineData(TcpPreset.Amqp, @"S: HTTP/1.1 400 Bad\r\n", "the target does not speak AMQP")]
    [InlineData(TcpPreset.Postgres, @"S: E\0\0\0\x17SFATAL\0C57P03\0Mup\0\0", "server says \"up\" (57P03)")]
    [InlineData(TcpPreset.Postgres, @"S: E\0\0\0\x0fC57P03\0Mup\0\0", "server says \"up\" (57P03)")]
    [InlineData(TcpPreset.Postgres, @"S: E\0\0\0\x0fC53300\0Mup\0\0", "server says \"up\" (53300)")]
    [InlineData(TcpPreset.Postgres, @"S: E\xff\xff\xff\xff", "the target does not speak the protocol of PostgreSQL")]
    [InlineData(TcpPreset.Mysql, @"S: \x05\0\0\0\xff\x10\x04no", "server says \"no\" (1040)")]
    [InlineData(TcpPreset.Mysql, @"S: \xff\xff\xff\0", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpPreset.Mysql, @"S: \x02\0\0\0\x0a8", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpPreset.Mysql, @"S: \x01\0\0\0\xff", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x0c\x02\x01\x02a\x07\x0a\x01\x33\x04\0\x04\0", "bind answered with 51")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x0c\x02\x01\0x\x07\x0a\x01\x34\x04\0\x04\0", "server ended the session with 52")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x88\0\0", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x84\x7f\0\0\0", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x02\x02\x7f", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 220 mail\r\n", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x05\x02\x01\x02\x04\0", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x05\x02\x01\x02\xa1\0", "the target does not speak LDAP")]
    [InlineData(TcpPreset.Ldap, @"S: 0\x05\x02\x01\x02\x61\0", "the target does not speak LDAP")]
    public async Task A_server_that_is_not_up_says_what_is_wrong(TcpPreset preset, string script, string reason)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, preset);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe((Fail, reason, false));
    }

    [Theory]
    [InlineData(TcpPreset.Smtp, "END", "waiting for the banner")]
    [InlineData(TcpPreset.Smtp, @"S: 220-a\r\n22 | END", "waiting for the banner, received \"220-a\\u000d\\u000a22\"")]
    [InlineData(
        TcpPreset.Ssh,
        @"S: Exceeded MaxStartups\r\n | END",
        "waiting for the banner, received \"Exceeded MaxStartups\""
    )]
    [InlineData(TcpPreset.Redis, @"C: PING\r\n | END", "waiting for the answer to PING")]
    [InlineData(
        TcpPreset.Postgres,
        StartupMessage + @" | S: R\0 | END",
        "waiting for the answer to the startup message, received \"R\\u0000\""
    )]
    [InlineData(TcpPreset.Mysql, @"S: \x05\0 | END", "waiting for the greeting, received \"\\u0005\\u0000\"")]
    public async Task A_server_that_closes_says_where(TcpPreset preset, string script, string where)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, preset);

        (seen.State, seen.Reason).ShouldBe((Fail, $"connection closed while {where}: {server.Authority}"));
    }

    private const string StartupMessage = @"C: \0\0\0\x17\0\x03\0\0user\0failover\0\0";
    private const string BindMessage = @"C: 0\x0c\x02\x01\x02\x60\x07\x02\x01\x03\x04\0\x80\0";
    private const string Unbind = @"C: 0\x05\x02\x01\x03B\0";
    private const string Greeting = @"S: \x14\0\0\0\x0a8.0\0\x01\0\0\012345678\0\xff\xf7";

    private static async Task<Observation> ProbeAsync(FaultServer server, TcpPreset preset) =>
        await new TcpCheck("127.0.0.1", server.Port, preset: preset).ProbeAsync(TimeProvider.System, Cancel);
}
