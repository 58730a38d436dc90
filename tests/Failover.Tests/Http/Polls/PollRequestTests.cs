using System.Text;

namespace Failover;

/// <summary>Which requests are of the plainest kind.</summary>
public sealed class PollRequestTests
{
    [Theory]
    [InlineData("GET /mail HTTP/1.1|Host: a||", "Get /mail Open")]
    [InlineData("HEAD /mail HTTP/1.1|Host: a||", "Head /mail Open")]
    [InlineData("OPTIONS /mail HTTP/1.0||", "Options /mail Closed")]
    [InlineData("GET /mail HTTP/1.0||", "Get /mail Closed")]
    [InlineData("GET /mail HTTP/1.0|Connection: Keep-Alive||", "Get /mail KeptAlive")]
    [InlineData("GET /mail HTTP/1.1|host:a|connection:keep-alive||", "Get /mail Open")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Connection: close||", "Get /mail Closed")]
    [InlineData("GET /a/b-c_d.e~f?x=%00&y HTTP/1.1|Host: mail.example:8080||", "Get /a/b-c_d.e~f Open")]
    [InlineData("GET / HTTP/1.1|Host: [2001:db8::1]:80||", "Get / Open")]
    [InlineData("GET /mail HTTP/1.1|Host: 192.0.2.1|Accept: */*|User-Agent: ELB-HealthChecker/2.0||", "Get /mail Open")]
    public void These_are(string text, string expected)
    {
        byte[] bytes = Bytes(text + "GET /next");

        PollRequest.TryRead(bytes, out PollRequest request).ShouldBeTrue();

        $"{request.Method} {Encoding.ASCII.GetString(request.Path)} {request.End}".ShouldBe(expected);
        bytes[request.Length..].ShouldBe("GET /next"u8.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /mail HTTP/1.1|Host: a|")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X: 1")]
    [InlineData("GET /mail HTTP/1.1||")]
    [InlineData("get /mail HTTP/1.1|Host: a||")]
    [InlineData("POST /mail HTTP/1.1|Host: a||")]
    [InlineData("GET  /mail HTTP/1.1|Host: a||")]
    [InlineData("GET /mail  HTTP/1.1|Host: a||")]
    [InlineData("GET http://a/mail HTTP/1.1|Host: a||")]
    [InlineData("GET /m%61il HTTP/1.1|Host: a||")]
    [InlineData("GET /mail#x HTTP/1.1|Host: a||")]
    [InlineData("GET /mail HTTP/1.2|Host: a||")]
    [InlineData("GET /mail HTTP/2.0|Host: a||")]
    [InlineData("GET /mail|Host: a||")]
    [InlineData("GET /mail HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET /mail HTTP/1.1|Host: a\n||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X: 1\r||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Host: a||")]
    [InlineData("GET /mail HTTP/1.1|Host:||")]
    [InlineData("GET /mail HTTP/1.1|Host: a b||")]
    [InlineData("GET /mail HTTP/1.1|Host: a:||")]
    [InlineData("GET /mail HTTP/1.1|Host: a:8x||")]
    [InlineData("GET /mail HTTP/1.1|Host: a:123456||")]
    [InlineData("GET /mail HTTP/1.1|Host: []||")]
    [InlineData("GET /mail HTTP/1.1|Host: [:1]||")]
    [InlineData("GET /mail HTTP/1.1|Host: [::1||")]
    [InlineData("GET /mail HTTP/1.1|Host : a||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X 1: 1||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|: 1||")]
    [InlineData("GET /mail HTTP/1.1|Host: a| folded||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X: \u0001||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X: \u00e4||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Content-Length: 0||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Transfer-Encoding: chunked||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Expect: 100-continue||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Upgrade: websocket||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Accept: application/json||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Accept: */*|ACCEPT: application/health+JSON||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|X-Forwarded-For: 192.0.2.1|x-forwarded-for: 192.0.2.2||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Connection: close, keep-alive||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Connection: upgrade||")]
    [InlineData("GET /mail HTTP/1.1|Host: a|Connection: close|Connection: close||")]
    public void These_are_not(string text) => PollRequest.TryRead(Bytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Who_sends_it_is_read_from_it()
    {
        byte[] bytes = Bytes(
            "GET /mail HTTP/1.1|Host: a|user-agent:  curl/8 |X-Forwarded-For: 192.0.2.1, ::1|Accept: */*||"
        );

        PollRequest.TryRead(bytes, out PollRequest request).ShouldBeTrue();

        Encoding.ASCII.GetString(request.UserAgent).ShouldBe("curl/8");
        Encoding.ASCII.GetString(request.ForwardedFor).ShouldBe("192.0.2.1, ::1");
    }

    [Fact]
    public void More_headers_than_a_poller_sends_are_not()
    {
        string header = string.Concat(Enumerable.Repeat("X: 1\r\n", 100));

        PollRequest.TryRead(Bytes($"GET /mail HTTP/1.1|Host: a|{header}|"), out _).ShouldBeFalse();
    }

    private static byte[] Bytes(string text) =>
        Encoding.Latin1.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));
}
