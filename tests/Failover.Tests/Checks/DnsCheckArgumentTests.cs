namespace Failover;

public sealed class DnsCheckArgumentTests
{
    [Theory]
    [InlineData(DnsRecordType.A, "2001:db8::1", "an IPv4 address")]
    [InlineData(DnsRecordType.A, "192.1", "an IPv4 address")]
    [InlineData(DnsRecordType.Aaaa, "192.0.2.1", "an IPv6 address")]
    [InlineData(DnsRecordType.Mx, "mail.example.net", "a preference and a name, as 10 mail.example.net")]
    [InlineData(DnsRecordType.Cname, "a..b", "a DNS name")]
    public void An_expected_answer_that_no_record_has_is_refused(DnsRecordType type, string expect, string accepted) =>
        Should
            .Throw<ArgumentException>(() => new DnsCheck("www.example.net", type, expect: [expect]))
            .Message.ShouldContain($"accepted: {accepted}");

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("ä.example")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789abcd.example")]
    public void A_name_that_is_none_is_refused(string name) =>
        Should.Throw<ArgumentException>(() => new DnsCheck(name)).Message.ShouldContain("accepted: a DNS name");

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.1")]
    [InlineData("[2001:db8::1]:5353")]
    public void A_resolver_that_would_have_nothing_to_look_up_is_refused(string? server)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() =>
            new DnsCheck("a.test", server: server, resolver: "192.0.2.53")
        );

        refused.ParamName.ShouldBe("resolver");
        refused.Message.ShouldStartWith(
            "resolver is 192.0.2.53, which looks up the name of the server; accepted: server beside it, by name"
        );
        new DnsCheck("a.test", server: "ns.test", resolver: "192.0.2.53").Resolver.ShouldBe("192.0.2.53");
    }

    [Theory]
    [InlineData("[::1]:53", IpFamily.Ipv4, "IPv4, of which ::1 is none")]
    [InlineData("192.0.2.53", IpFamily.Ipv6, "IPv6, of which 192.0.2.53 is none")]
    public void A_server_of_another_family_is_refused(string server, IpFamily family, string flaw)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(() =>
            new DnsCheck("a.test", server: server, family: family)
        );

        refused.ParamName.ShouldBe("family");
        refused.Message.ShouldStartWith($"family is {flaw}; accepted: ");
        new DnsCheck("a.test", server: "ns.test", family: family).Family.ShouldBe(family);
    }
}
