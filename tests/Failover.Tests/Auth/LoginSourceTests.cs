using System.Net;

namespace Failover;

public sealed class LoginSourceTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("::", "0.0.0.0", false)]
    [InlineData("-", "-", true)]
    [InlineData("-", "127.0.0.1", false)]
    [InlineData("-", "0.0.0.0", false)]
    [InlineData("-", "::", false)]
    public void A_source_is_an_IPv4_address_or_an_IPv6_network(string first, string second, bool isOneSource)
    {
        (LoginSource.Of(Address(first)) == LoginSource.Of(Address(second))).ShouldBe(isOneSource);

        static IPAddress? Address(string text) => text is "-" ? null : IPAddress.Parse(text);
    }
}
