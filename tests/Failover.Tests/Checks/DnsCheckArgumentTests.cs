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
}
