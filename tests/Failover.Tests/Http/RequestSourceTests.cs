using System.Net;
using Microsoft.AspNetCore.Http;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>Where a request came from, as the audit says it.</summary>
public sealed class RequestSourceTests
{
    [Fact]
    public async Task A_client_on_the_network_is_its_address()
    {
        await using Listener listener = await StartAsync(FreePort, AnswerSourceAsync);
        using RawConnection client = await ConnectAsync(listener);

        (await AskAsync(client)).ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A_client_on_a_Unix_socket_says_so()
    {
        using SocketDirectory directory = new();
        await using Listener listener = await StartAsync(new(null, 0, directory.SocketPath), AnswerSourceAsync);
        using RawConnection client = await RawConnection.OpenAsync(directory.EndPoint);

        (await AskAsync(client)).ShouldBe("a Unix socket");
    }

    [Fact]
    public void Without_either_nobody_knows()
    {
        DefaultHttpContext http = new();
        RequestSource.Of(http, TrustedProxySet.None).Text.ShouldBe("an unknown address");
        http.Connection.RemoteIpAddress = IPAddress.IPv6Loopback;
        RequestSource.Of(http, TrustedProxySet.None).Text.ShouldBe("::1");
    }

    // "|" parts two lines of one header. The peer is 127.0.0.1 unless a row is about it.
    [Theory]
    [InlineData("192.0.2.1", "203.0.113.7", "192.0.2.1")]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.2.3", "203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1::2", "203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db9::2", "203.0.113.7", "2001:db9::2")]
    [InlineData("-", "203.0.113.7", "an unknown address")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    [InlineData("127.0.0.1", "2001:db8:ffff::9", "2001:db8:ffff::9")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("127.0.0.1", "[2001:db8:ffff::9]", "2001:db8:ffff::9")]
    [InlineData("127.0.0.1", "[2001:db8:ffff::9]:4711", "2001:db8:ffff::9")]
    // The rightmost that is not trusted, whatever a client wrote before it.
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.1, 127.0.0.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "junk, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", ",, ,\t203.0.113.7 ", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1|203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7|10.0.0.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "203.0.113.7|", "127.0.0.1")]
    [InlineData("127.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9")]
    // Malformed on the way: the proxy itself.
    [InlineData("127.0.0.1", "junk", "127.0.0.1")]
    [InlineData("127.0.0.1", "unknown", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7, junk", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7, junk, 10.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7,", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7:99999", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7:", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7:-1", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113", "127.0.0.1")]
    [InlineData("127.0.0.1", "3405803783", "127.0.0.1")]
    [InlineData("127.0.0.1", "0xcb.0.113.7", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.07", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7 203.0.113.8", "127.0.0.1")]
    [InlineData("127.0.0.1", "[203.0.113.7]", "127.0.0.1")]
    [InlineData("127.0.0.1", "[2001:db8:ffff::9", "127.0.0.1")]
    [InlineData("127.0.0.1", "2001:db8:ffff::9]", "127.0.0.1")]
    [InlineData("127.0.0.1", "[[2001:db8:ffff::9]]", "127.0.0.1")]
    [InlineData("127.0.0.1", "[2001:db8:ffff::9]x", "127.0.0.1")]
    [InlineData("127.0.0.1", "fe80::1%eth0", "127.0.0.1")]
    [InlineData("127.0.0.1", "\"203.0.113.7\"", "127.0.0.1")]
    public void Through_a_trusted_proxy_the_source_is_the_rightmost_hop_that_is_not_one(
        string peer,
        string forwardedFor,
        string source
    )
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = peer is "-" ? null : IPAddress.Parse(peer);
        http.Request.Headers["X-Forwarded-For"] = forwardedFor.Split('|');

        RequestSource found = Of(http, "127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48");

        found.Text.ShouldBe(source);
        found.Address?.ToString().ShouldBe(source);
    }

    [Theory]
    [InlineData("203.0.113.7", "https", "up.example", "https", "up.example")]
    [InlineData("203.0.113.7", "HTTP", "up.example:8443", "HTTP", "up.example:8443")]
    [InlineData("203.0.113.7", "", "", "http", "inside:8080")]
    [InlineData("203.0.113.7", "ftp", "", "http", "inside:8080")]
    [InlineData("203.0.113.7", "http, https", "evil.example, up.example", "https", "up.example")]
    [InlineData("203.0.113.7", "http|https", "evil.example|up.example", "https", "up.example")]
    [InlineData("203.0.113.7, 10.0.0.1", "https, http", "up.example, inner", "https", "up.example")]
    [InlineData("203.0.113.7, 10.0.0.1", "https", "up.example", "https", "up.example")]
    [InlineData("", "https", "up.example", "https", "up.example")]
    [InlineData("junk", "http, https", "evil.example, up.example", "https", "up.example")]
    public void Through_a_trusted_proxy_scheme_and_host_are_what_the_client_asked_it_for(
        string forwardedFor,
        string proto,
        string host,
        string scheme,
        string asked
    )
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Scheme = "http";
        http.Request.Headers.Host = "inside:8080";
        http.Request.Headers["X-Forwarded-For"] = forwardedFor;
        http.Request.Headers["X-Forwarded-Proto"] = proto.Split('|');
        http.Request.Headers["X-Forwarded-Host"] = host.Split('|');

        RequestSource trusted = Of(http, "127.0.0.1", "10.0.0.0/8");
        RequestSource untrusted = Of(http, "10.0.0.0/8", "unix");

        (trusted.Scheme, trusted.Host).ShouldBe((scheme, asked));
        untrusted.ShouldBe(new(IPAddress.Loopback, "127.0.0.1", "http", "inside:8080"));
    }

    [Theory]
    [InlineData("unix", "203.0.113.7")]
    [InlineData("0.0.0.0/0", "a Unix socket")]
    [InlineData("", "a Unix socket")]
    public async Task Whoever_connects_over_a_Unix_socket_is_trusted_where_the_list_says_so(string proxy, string source)
    {
        TrustedProxySet proxies = TrustedProxySet.Parse(proxy.Length == 0 ? [] : [proxy], "proxies");
        using SocketDirectory directory = new();
        await using Listener listener = await StartAsync(
            new(null, 0, directory.SocketPath),
            http => Says(RequestSource.Of(http, proxies).Text)(http)
        );
        using RawConnection client = await RawConnection.OpenAsync(directory.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n");

        (await client.ReadAnswerAsync()).Body.ShouldBe(source);
    }

    private static RequestSource Of(HttpContext http, params string[] proxies) =>
        RequestSource.Of(http, TrustedProxySet.Parse(proxies, "proxies"));

    private static Task AnswerSourceAsync(HttpContext http) =>
        Says(RequestSource.Of(http, TrustedProxySet.None).Text)(http);
}
