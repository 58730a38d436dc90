using System.Collections.Immutable;

namespace Failover;

public sealed class TcpCheckArgumentTests
{
    [Theory]
    [InlineData("192.0.2.1:25", "192.0.2.1", "25")]
    [InlineData("mail.example.net:smtp", "mail.example.net", "smtp")]
    [InlineData("[2001:db8::1]:25", "2001:db8::1", "25")]
    public void A_target_can_be_written_in_short(string text, string host, string port) =>
        TcpCheck
            .Kind.ShortForm!.Split(text)
            .ShouldNotBeNull()
            .Select(part => (part.Option.Name, part.Text))
            .ShouldBe([("host", host), ("port", port)]);

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1:")]
    [InlineData(":25")]
    [InlineData("::1:25")]
    [InlineData("[192.0.2.1]:25")]
    [InlineData("")]
    public void What_could_be_read_in_two_ways_is_no_short_form(string text) =>
        TcpCheck.Kind.ShortForm!.Split(text).ShouldBeNull();

    [Fact]
    public void The_full_text_tells_every_option() =>
        new TcpCheck("192.0.2.1", 25, Second(1.5), sourcePort: 1000).FullText.ShouldBe(
            "tcp(host: 192.0.2.1, port: 25, timeout: 1.5s, source_port: 1000, close: rst)"
        );

    public static TheoryData<string> WrongHosts =>
        [
            "",
            " ",
            "mail example",
            "mail.example\n",
            "mail\0example",
            "mail\u0085example",
            "mäil.example",
            new string('a', 254),
            "192.0.2.256",
            "192.0.2.1.5",
            "10.1",
            "010.0.0.1",
            "1234",
            "0x7f.1",
            "[::1]",
            "::1]:25",
            "[::1]:25",
            "mail.example:25",
            "smtp://mail.example",
            "user@mail",
            "a..b",
            ".mail",
            "mail..",
            ".",
        ];

    [Theory]
    [MemberData(nameof(WrongHosts))]
    public void A_wrong_host_is_refused_by_name(string host)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() => new TcpCheck(host, 25));

        refused.ParamName.ShouldBe("host");
        refused.Message.ShouldStartWith("host is ");
        refused.Message.ShouldContain("accepted: a host name");
        refused.Message.Split("accepted")[0].Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public void A_missing_host_is_refused_by_name()
    {
        ArgumentException refused = Should.Throw<ArgumentNullException>(() => new TcpCheck(null!, 25));

        refused.ParamName.ShouldBe("host");
        refused.Message.ShouldStartWith("host is missing; accepted: a host name");
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:25")]
    public void A_wrong_source_host_is_refused_by_name(string sourceHost) =>
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail.example", 25, sourceHost: sourceHost))
            .ParamName.ShouldBe("sourceHost");

    [Theory]
    [InlineData("mail")]
    [InlineData("mail.example.")]
    [InlineData("_25._tcp.mail.example")]
    [InlineData("3com.example")]
    [InlineData("xn--mil-ula.example")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::1%1")]
    [InlineData("::ffff:192.0.2.1")]
    public void A_name_or_an_address_is_accepted(string host) => new TcpCheck(host, 25).Host.ShouldBe(host);

    [Fact]
    public void The_longest_name_is_accepted() =>
        new TcpCheck(string.Concat(Enumerable.Repeat("abcdefghi.", 25)) + "abc", 25).Host.Length.ShouldBe(253);

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_wrong_port_is_refused_by_the_name_of_its_argument(int port)
    {
        ArgumentException target = Should.Throw<ArgumentOutOfRangeException>(() => new TcpCheck("mail", port));
        ArgumentException source = Should.Throw<ArgumentOutOfRangeException>(() =>
            new TcpCheck("mail", 25, sourcePort: port)
        );

        (target.ParamName, source.ParamName).ShouldBe(("port", "sourcePort"));
        target.Message.ShouldStartWith($"port is {port}; accepted: a number from 1 to 65535");
        source.Message.ShouldStartWith($"sourcePort is {port}; accepted: a number from 1 to 65535");
    }

    [Fact]
    public void A_port_left_at_its_default_value_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new TcpCheck("mail", default)).ParamName.ShouldBe("port");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(31 * 24 * 3600)]
    public void A_wrong_timeout_is_refused_by_name(int seconds) =>
        Should.Throw<ArgumentException>(() => new TcpCheck("mail", 25, Second(seconds))).ParamName.ShouldBe("timeout");

    [Fact]
    public void A_way_to_close_that_does_not_exist_is_refused()
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() => new TcpCheck("mail", 25, close: (TcpClose)7));

        refused.ParamName.ShouldBe("close");
        refused.Message.ShouldStartWith("close is 7; accepted: rst or fin");
    }

    [Fact]
    public void A_source_address_of_the_other_family_is_refused()
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() =>
            new TcpCheck("::1", 25, sourceHost: "127.0.0.1")
        );

        refused.ParamName.ShouldBe("sourceHost");
        refused.Message.ShouldStartWith("sourceHost is 127.0.0.1, from which ::1 cannot be reached; accepted: ");
    }

    [Theory]
    [InlineData("192.0.2.1", "tcp 192.0.2.1:25")]
    [InlineData("::1", "tcp [::1]:25")]
    [InlineData("mail.example", "tcp mail.example:25")]
    public void The_summary_is_the_target(string host, string summary) =>
        new TcpCheck(host, 25).ToString().ShouldBe(summary);

    [Fact]
    public void Left_out_the_timeout_is_10_s_and_given_it_is_the_longest_time()
    {
        new TcpCheck("mail", 25).LongestTime.ShouldBe(Second(10));
        new TcpCheck("mail", 25, Second(3)).LongestTime.ShouldBe(Second(3));
    }

    [Fact]
    public void Left_out_source_host_and_port_are_none()
    {
        TcpCheck check = new("mail", 25);

        check.SourceHost.ShouldBeNull();
        check.SourcePort.ShouldBeNull();
        TcpPath.OfAddresses(new("127.0.0.1", 25)).ShouldBe(new(new(System.Net.IPAddress.Loopback, 25), Source: null));
    }

    [Fact]
    public void Two_that_describe_the_same_are_equal()
    {
        TcpCheck Describe(Port port) => new("192.0.2.1", port, Second(5), sourceHost: "192.0.2.2");

        Describe("smtp").ShouldBe(Describe(25));
        Describe("smtp").ShouldNotBe(Describe(26));
    }

    [Fact]
    public void The_options_stand_in_the_order_of_the_constructor()
    {
        ImmutableArray<string> parameters =
        [
            .. typeof(TcpCheck).GetConstructors().Single().GetParameters().Select(parameter => parameter.Name!),
        ];

        TcpCheck.Kind.Options.Select(option => option.Name).ShouldBe(parameters);
        TcpCheck
            .Kind.Options.Select(option => option.Default)
            .ShouldBe([
                null,
                null,
                "10s",
                "the system's choice",
                "the system's choice",
                "rst",
                "none",
                "nothing is sent",
                "false",
                "false",
                "the host",
                "those of the system",
                "false",
                "none",
                "in the file of the client certificate",
                "one that has expired",
                "14d",
                "any",
                "the timeout",
                "the system's resolver",
            ]);
    }

    [Fact]
    public void STARTTLS_is_refused_without_a_protocol_that_has_it()
    {
        const string Accepted = "; accepted: preset beside it, of smtp, imap, pop3, ftp, ldap, postgres, mysql";

        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail", 25, starttls: true))
            .Message.ShouldStartWith($"starttls is without a preset{Accepted}");
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail", 25, starttls: true, preset: TcpPreset.Redis))
            .Message.ShouldStartWith($"starttls is beside the preset redis{Accepted}");
    }

    [Fact]
    public void Options_of_TLS_count_only_with_it()
    {
        TcpCheck Describe(bool tls) => new("mail", 25, tls: tls, ca: "/ca.pem", expiresWithin: Day(2));

        Describe(tls: false).ShouldBe(new TcpCheck("mail", 25));
        Describe(tls: true).ShouldNotBe(new TcpCheck("mail", 25, tls: true));
        Should.Throw<ArgumentException>(() => new TcpCheck("mail", 25, ca: "")).ParamName.ShouldBe("ca");
    }

    [Fact]
    public void A_step_that_is_none_and_no_step_at_all_are_refused()
    {
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail", 25, exchange: ["receive it"]))
            .Message.ShouldStartWith(
                "exchange is a list with \"\"receive it\"\"; accepted: send TEXT, expect TEXT or match REGEX"
            );
        Should
            .Throw<ArgumentException>(() => new TcpCheck("mail", 25, exchange: []))
            .Message.ShouldStartWith("exchange is an empty list; accepted: ");
    }

    [Fact]
    public void Those_with_the_same_exchange_are_equal()
    {
        TcpCheck Describe(string step) => new("192.0.2.1", 6379, exchange: [step], tls: true);

        Describe("send PING\r\n").ShouldBe(Describe(@"send PING\r\n"));
        Describe("send PING\r\n").GetHashCode().ShouldBe(Describe(@"send PING\r\n").GetHashCode());
        Describe("send PING\r\n").ShouldNotBe(Describe("expect PING\r\n"));
    }
}
