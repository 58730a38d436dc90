using System.Net;

namespace Failover;

public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2")]
    [InlineData("::ffff:10.0.0.0/104", "10.255.255.255", "11.0.0.0")]
    [InlineData("192.0.2.1/32", "192.0.2.1", "192.0.2.0")]
    [InlineData("10.0.0.0/8", "10.255.255.255", "11.0.0.0")]
    [InlineData("192.0.2.128/25", "192.0.2.255", "192.0.2.127")]
    [InlineData("0.0.0.0/0", "203.0.113.7", "::1")]
    [InlineData("::1", "::1", "127.0.0.1")]
    [InlineData("2001:DB8::/32", "2001:db8:ffff::1", "2001:db9::1")]
    [InlineData("::/0", "2001:db8::1", "192.0.2.1")]
    public void An_address_or_a_network_is_what_it_says(string text, string within, string beyond)
    {
        TrustedProxySet proxies = TrustedProxySet.Parse([text], "list");

        proxies.Contains(IPAddress.Parse(within)).ShouldBeTrue();
        proxies.Contains(IPAddress.Parse(beyond)).ShouldBeFalse();
        proxies.IncludesUnix.ShouldBeFalse();
        proxies.Texts.ShouldBe([text]);
    }

    [Fact]
    public void A_Unix_socket_is_a_word()
    {
        TrustedProxySet proxies = TrustedProxySet.Parse(["unix"], "list");

        proxies.IncludesUnix.ShouldBeTrue();
        proxies.Contains(IPAddress.Loopback).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("proxy.example")]
    [InlineData("10.1")]
    [InlineData("10.0.0.01")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("167772161")]
    [InlineData("192.0.2.1:80")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData(" 192.0.2.1")]
    [InlineData("192.0.2.*")]
    [InlineData("192.0.2.1-192.0.2.9")]
    [InlineData("Unix", "; did you mean \"unix\"?")]
    [InlineData("unx", "; did you mean \"unix\"?")]
    [InlineData("10.0.0.0/", "", ", whose prefix length is no number from 0 to 32")]
    [InlineData("10.0.0.0/33", "", ", whose prefix length is no number from 0 to 32")]
    [InlineData("10.0.0.0/-8", "", ", whose prefix length is no number from 0 to 32")]
    [InlineData("10.0.0.0/255.0.0.0", "", ", whose prefix length is no number from 0 to 32")]
    [InlineData("10.0.0.0/8/8", "", ", whose prefix length is no number from 0 to 32")]
    [InlineData("2001:db8::/129", "", ", whose prefix length is no number from 0 to 128")]
    [InlineData("10.0.0.1/8", "; did you mean \"10.0.0.0/8\"?", ", which has bits beyond its prefix")]
    [InlineData("192.0.2.129/25", "; did you mean \"192.0.2.128/25\"?", ", which has bits beyond its prefix")]
    [InlineData("2001:db8::1/64", "; did you mean \"2001:db8::/64\"?", ", which has bits beyond its prefix")]
    public void What_is_none_is_refused(string text, string meant = "", string flaw = "") =>
        Should
            .Throw<ArgumentException>(() => TrustedProxySet.Parse(["::1", text], "list"))
            .Message.ShouldBe(
                $"list has \"{text}\"{flaw}; accepted: an IP address, a network as 10.0.0.0/8, or unix{meant} (Parameter 'list')"
            );

    [Fact]
    public void No_list_and_no_entry_are_refused()
    {
        Should.Throw<ArgumentNullException>(() => TrustedProxySet.Parse(null!, "list"));
        Should.Throw<ArgumentNullException>(() => TrustedProxySet.Parse([null!], "list"));
    }
}
