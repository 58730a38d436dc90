namespace Failover;

/// <summary>What each protocol takes for an answer of a server that is up, and what for one that is not.</summary>
public sealed class TcpCheckProtocolTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The server's side of a protocol, the steps separated by " | "; what the check says, ahead of " in 12ms".
    [Theory]
    [InlineData(TcpProtocol.Smtp, @"S: 220 mail ESMTP\r\n | C: QUIT\r\n", "banner \"220 mail ESMTP\"")]
    [InlineData(TcpProtocol.Smtp, @"S: 220-a\r\n22 | S: 0-b\n220 c\r\n | C: QUIT\r\n", "banner \"220-a\"")]
    [InlineData(TcpProtocol.Ftp, @"S: 220-a\r\n any\r\n220\r\n | C: QUIT\r\n", "banner \"220-a\"")]
    [InlineData(TcpProtocol.Imap, @"S: * OK ready\r\n | C: f2 LOGOUT\r\n", "banner \"* OK ready\"")]
    [InlineData(TcpProtocol.Imap, @"S: * PREAUTH\r\n | C: f2 LOGOUT\r\n", "banner \"* PREAUTH\"")]
    [InlineData(TcpProtocol.Pop3, @"S: +OK ready\r\n | C: QUIT\r\n", "banner \"+OK ready\"")]
    [InlineData(TcpProtocol.Redis, @"C: PING\r\n | S: +PONG\r\n | C: QUIT\r\n", "answer \"+PONG\"")]
    [InlineData(TcpProtocol.Redis, @"C: PING\r\n | S: -NOAUTH no.\r\n | C: QUIT\r\n", "answer \"-NOAUTH no.\"")]
    [InlineData(TcpProtocol.Ssh, @"S: Welcome\r\nSSH-2.0-it\r\n", "banner \"SSH-2.0-it\"")]
    [InlineData(TcpProtocol.Ssh, @"S: SSH-1.99-old\n", "banner \"SSH-1.99-old\"")]
    [InlineData(TcpProtocol.Amqp, @"C: AMQP\0\0\x09\x01 | S: \x01\0\0\0\0\0\x04\0\x0a\0\x0a\xce", "AMQP 0-9-1")]
    [InlineData(TcpProtocol.Postgres, StartupMessage + @" | S: R\0\0\0\x08\0\0\0\x0a", "accepts connections")]
    [InlineData(
        TcpProtocol.Postgres,
        StartupMessage + @" | S: N\0\0\0\x05\0R\0\0\0\x08\0\0\0\0",
        "accepts connections"
    )]
    [InlineData(TcpProtocol.Postgres, StartupMessage + @" | S: E\0\0\0\x0fC28000\0Mno\0\0", "accepts connections")]
    [InlineData(TcpProtocol.Mysql, Greeting, "version \"8.0\"")]
    [InlineData(TcpProtocol.Mysql, @"S: \x05\0\0\0\xff\x6a\x04no", "server says \"no\" (1130)")]
    [InlineData(
        TcpProtocol.Ldap,
        BindMessage + @" | S: 0\x0c\x02\x01\x02a\x07\x0a\x01\0\x04\0\x04\0 | " + Unbind,
        "bind answered with 0"
    )]
    [InlineData(
        TcpProtocol.Ldap,
        BindMessage + @" | S: 0\x84\0\0\0\x0e\x02\x01\x02a\x09\x0a\x01\x30\x04\0\x04\x02no | " + Unbind,
        "bind answered with 48 \"no\""
    )]
    public async Task A_server_that_is_up_says_so(TcpProtocol protocol, string script, string said)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, protocol);

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldMatch($@"^{System.Text.RegularExpressions.Regex.Escape(said)} in \S+ms$");
        seen.PerformanceData.ShouldMatch(@"^name=\S+ connect=\S+ first_byte=\S+ rest=\S+ total=\S+$");
    }

    [Theory]
    [InlineData(TcpProtocol.Smtp, @"S: 554 no\r\n", "banner is \"554 no\", expected to begin with 220")]
    [InlineData(TcpProtocol.Ftp, @"S: 421 too many\r\n", "banner is \"421 too many\", expected to begin with 220")]
    [InlineData(TcpProtocol.Imap, @"S: * BYE\r\n", "banner is \"* BYE\", expected to begin with * OK or * PREAUTH")]
    [InlineData(TcpProtocol.Pop3, @"S: -ERR\r\n", "banner is \"-ERR\", expected to begin with +OK")]
    [InlineData(
        TcpProtocol.Redis,
        @"C: PING\r\n | S: -LOADING it\r\n",
        "answer to PING is \"-LOADING it\", expected to begin with +PONG or -NOAUTH"
    )]
    [InlineData(
        TcpProtocol.Redis,
        @"S: -DENIED it\r\n | END",
        "answer to PING is \"-DENIED it\", expected to begin with +PONG or -NOAUTH"
    )]
    [InlineData(
        TcpProtocol.Ssh,
        @"S: SSH-1.5-it\r\n",
        "banner is \"SSH-1.5-it\", expected to begin with SSH-2.0- or SSH-1.99-"
    )]
    [InlineData(TcpProtocol.Amqp, @"S: AMQP\0\x01\0\0", "server speaks AMQP 1-0-0, expected 0-9-1")]
    [InlineData(TcpProtocol.Amqp, @"S: HTTP/1.1 400 Bad\r\n", "the target does not speak AMQP")]
    [InlineData(
        TcpProtocol.Postgres,
        @"S: E\0\0\0\x11SFATAL\0C57P03\0Mup\0\0",
        "the target does not speak the protocol of PostgreSQL"
    )]
    [InlineData(TcpProtocol.Postgres, @"S: E\0\0\0\x0fC57P03\0Mup\0\0", "server says \"up\" (57P03)")]
    [InlineData(TcpProtocol.Postgres, @"S: E\0\0\0\x0fC53300\0Mup\0\0", "server says \"up\" (53300)")]
    [InlineData(TcpProtocol.Postgres, @"S: E\xff\xff\xff\xff", "the target does not speak the protocol of PostgreSQL")]
    [InlineData(TcpProtocol.Mysql, @"S: \x05\0\0\0\xff\x10\x04no", "server says \"no\" (1040)")]
    [InlineData(TcpProtocol.Mysql, @"S: \xff\xff\xff\0", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpProtocol.Mysql, @"S: \x02\0\0\0\x0a8", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpProtocol.Mysql, @"S: \x01\0\0\0\xff", "the target does not speak the protocol of MySQL")]
    [InlineData(TcpProtocol.Ldap, @"S: 0\x0c\x02\x01\x02a\x07\x0a\x01\x33\x04\0\x04\0", "bind answered with 51")]
    [InlineData(
        TcpProtocol.Ldap,
        @"S: 0\x0c\x02\x01\0x\x07\x0a\x01\x34\x04\0\x04\0",
        "server ended the session with 52"
    )]
    [InlineData(TcpProtocol.Ldap, @"S: 0\x88\0\0", "the target does not speak LDAP")]
    [InlineData(TcpProtocol.Ldap, @"S: 0\x84\x7f\0\0\0", "the target does not speak LDAP")]
    [InlineData(TcpProtocol.Ldap, @"S: 0\x02\x02\x7f", "the target does not speak LDAP")]
    [InlineData(TcpProtocol.Ldap, @"S: 220 mail\r\n", "the target does not speak LDAP")]
    public async Task A_server_that_is_not_up_says_what_is_wrong(TcpProtocol protocol, string script, string reason)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, protocol);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe((Fail, reason, false));
    }

    [Theory]
    [InlineData(TcpProtocol.Smtp, "END", "waiting for the banner")]
    [InlineData(
        TcpProtocol.Smtp,
        @"S: 220-a\r\n22 | END",
        "waiting for the banner, received \"220-a\\u000d\\u000a22\""
    )]
    [InlineData(
        TcpProtocol.Ssh,
        @"S: Exceeded MaxStartups\r\n | END",
        "waiting for the banner, received \"Exceeded MaxStartups\""
    )]
    [InlineData(TcpProtocol.Redis, @"C: PING\r\n | END", "waiting for the answer to PING")]
    [InlineData(
        TcpProtocol.Postgres,
        StartupMessage + @" | S: R\0 | END",
        "waiting for the answer to the startup message, received \"R\\u0000\""
    )]
    [InlineData(TcpProtocol.Mysql, @"S: \x05\0 | END", "waiting for the greeting, received \"\\u0005\\u0000\"")]
    public async Task A_server_that_closes_says_where(TcpProtocol protocol, string script, string where)
    {
        await using FaultServer server = ScriptedServer.Of(script.Split(" | "));

        Observation seen = await ProbeAsync(server, protocol);

        (seen.State, seen.Reason).ShouldBe((Fail, $"connection closed while {where}: {server.Authority}"));
    }

    private const string StartupMessage = @"C: \0\0\0\x17\0\x03\0\0user\0failover\0\0";
    private const string BindMessage = @"C: 0\x0c\x02\x01\x02\x60\x07\x02\x01\x03\x04\0\x80\0";
    private const string Unbind = @"C: 0\x05\x02\x01\x03B\0";
    private const string Greeting = @"S: \x14\0\0\0\x0a8.0\0\x01\0\0\012345678\0\xff\xf7";

    private static async Task<Observation> ProbeAsync(FaultServer server, TcpProtocol protocol) =>
        await new TcpCheck("127.0.0.1", server.Port, protocol: protocol).ProbeAsync(TimeProvider.System, Cancel);
}
