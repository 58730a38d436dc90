using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>HTTP through a proxy: what it is told, and whose fault a failure is.</summary>
public sealed class HttpCheckProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_plain_text_the_request_names_the_whole_URL_and_nobody_but_the_proxy_gets_its_credentials()
    {
        string head = "";
        await using FaultServer proxy = Proxy(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            request => head = request
        );

        Observation seen = await ProbeAsync(
            new HttpCheck(
                "http://web.test:8080/ready?x=1",
                proxy: $"http://monitor:se%3Acret@{proxy.Authority}",
                headers: [new("X-Own", "1")]
            )
        );

        seen.State.ShouldBe(Ok, seen.Reason);
        head.ShouldBe(
            "GET http://web.test:8080/ready?x=1 HTTP/1.1\r\nHost: web.test:8080\r\n"
                + $"Proxy-Authorization: Basic {Base64("monitor:se:cret")}\r\n"
                + "User-Agent: failover\r\nAccept: */*\r\nX-Own: 1\r\nConnection: close\r\n\r\n"
        );
    }

    [Theory]
    [InlineData("https://web.test/", HttpProtocol.Http1, "web.test:443")]
    [InlineData("http://[2001:db8::1]/", HttpProtocol.Http2, "[2001:db8::1]:80")]
    public async Task All_else_goes_through_a_tunnel(string url, HttpProtocol protocol, string server)
    {
        string head = "";
        await using FaultServer proxy = Proxy("HTTP/1.1 403 Forbidden\r\n\r\n", request => head = request);

        Observation seen = await ProbeAsync(
            new HttpCheck(url, protocol: protocol, proxy: $"http://monitor:secret@{proxy.Authority}/")
        );

        seen.ShouldBe(Observation.Error($"proxy refused, status 403: {proxy.Authority}"));
        head.ShouldBe(
            $"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: failover\r\n"
                + $"Proxy-Authorization: Basic {Base64("monitor:secret")}\r\n\r\n"
        );
    }

    [Theory]
    [InlineData(
        "https://web.test/",
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "E proxy refused, status 407"
    )]
    [InlineData("https://web.test/", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "E proxy refused, status 302")]
    [InlineData(
        "https://web.test/",
        "HTTP/1.0 500 Unable to connect\r\n\r\n",
        "F proxy could not connect to web.test:443, status 500"
    )]
    [InlineData(
        "https://web.test/",
        "HTTP/1.1 503 Service Unavailable\r\n\r\n",
        "F proxy could not connect to web.test:443, status 503"
    )]
    [InlineData("https://web.test/", "", "E proxy did not answer, connection closed while connecting")]
    [InlineData(
        "https://web.test/",
        "SSH-2.0-x\r\n",
        "E proxy gave a malformed answer, \"SSH-2.0-x\" is no status line of HTTP/1"
    )]
    [InlineData(
        "http://web.test/",
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        "E proxy refused, status 407"
    )]
    [InlineData(
        "http://web.test/",
        "",
        "E proxy did not answer, connection closed while waiting for the answer: by proxy"
    )]
    [InlineData("http://web.test/", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "F status 502")]
    [InlineData(
        "http://web.test/",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
        "F connection closed while reading the answer: by proxy"
    )]
    public async Task What_the_proxy_says_for_itself_is_an_error_and_what_it_says_of_the_target_a_fail(
        string url,
        string answer,
        string expected
    )
    {
        await using FaultServer proxy = Proxy(answer);

        Observation seen = await ProbeAsync(new HttpCheck(url, proxy: $"http://{proxy.Authority}"));

        string state = seen.State == Error ? "E" : "F";
        string where =
            expected.EndsWith("status 502", StringComparison.Ordinal) ? ""
            : expected.EndsWith("by proxy", StringComparison.Ordinal) ? $" {proxy.Authority}"
            : $": {proxy.Authority}";
        $"{state} {seen.Reason}".ShouldBe(expected + where);
        seen.IsTimeout.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_may_speak_before_it_is_asked()
    {
        // RFC 9113, 3.4: its settings may come with the answer of the proxy. Then headers of one byte: status 200 (RFC 7541, A).
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        byte[] ok = [0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88];
        await using FaultServer proxy = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\n\r\n"u8, .. settings], cancel);
                await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], cancel);
                byte[] frame = new byte[9];
                do
                {
                    await stream.ReadExactlyAsync(frame, cancel);
                    await stream.ReadExactlyAsync(new byte[(frame[1] << 8) | frame[2]], cancel);
                } while (frame[3] != 1);
                await stream.WriteAsync(ok, cancel);
            }
        );

        Observation seen = await ProbeAsync(
            new HttpCheck("http://web.test/", protocol: HttpProtocol.Http2, proxy: $"http://{proxy.Authority}")
        );

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Fact]
    public async Task A_proxy_that_is_not_reached_is_an_error()
    {
        using Socket refusing = Peer.Refusing();

        foreach (string url in (string[])["http://web.test/", "https://web.test/"])
        {
            Observation seen = await ProbeAsync(new HttpCheck(url, proxy: $"http://{refusing.LocalEndPoint}"));

            seen.ShouldBe(Observation.Error($"proxy not reached, refused: {refusing.LocalEndPoint}"));
        }
    }

    [Theory]
    [InlineData("http://web.test/", "while waiting for the answer: by proxy")]
    [InlineData("https://web.test/", "while the proxy connects: web.test:443 by proxy")]
    public async Task A_target_that_is_silent_behind_it_has_timed_out(string url, string expected)
    {
        ManualTime time = new();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FaultServer proxy = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                asked.SetResult();
            }
        );

        Task<Observation> probe = ProbeAsync(
            new HttpCheck(url, proxy: $"http://{proxy.Authority}", timeout: Second(2)),
            time
        );
        await asked.Task;
        time.Advance(Second(2));

        Observation seen = await probe;
        seen.IsTimeout.ShouldBeTrue(seen.Reason);
        seen.Reason.ShouldBe($"timed out after 2s {expected} {proxy.Authority}");
    }

    [Fact]
    public async Task A_redirect_goes_through_it_as_well()
    {
        List<string> heads = [];
        await using FaultServer proxy = new(
            async (stream, cancel) =>
            {
                string head = await FaultServer.ReadHeadAsync(stream, cancel);
                heads.Add(head.Split("\r\n")[0]);
                string answer = head.Contains("web.test")
                    ? "HTTP/1.1 302 Found\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel);
                FaultServer.Close(stream);
            }
        );

        Observation seen = await ProbeAsync(
            new HttpCheck("http://web.test/", proxy: $"http://{proxy.Authority}", followRedirects: true)
        );

        seen.State.ShouldBe(Ok, seen.Reason);
        heads.ShouldBe(["GET http://web.test/ HTTP/1.1", "GET http://other.test/ HTTP/1.1"]);
    }

    [Theory]
    [InlineData("proxy.test:3128", "")]
    [InlineData("http://proxy.test", "")]
    [InlineData("http://proxy.test:3128/path", "")]
    [InlineData("http://:secret@proxy.test:3128", "")]
    [InlineData("https://proxy.test:3128", ", which is reached by TLS")]
    [InlineData("socks5://proxy.test:1080", "")]
    public void A_proxy_is_a_URL_with_a_port_and_is_never_shown(string given, string flaw) =>
        Should
            .Throw<ArgumentException>(() => new HttpCheck("http://web.test/", proxy: given))
            .Message.ShouldStartWith(
                $"proxy is of another form{flaw}; accepted: http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"
            );

    [Fact]
    public async Task Connect_to_says_where_the_proxy_connects_to()
    {
        string head = "";
        await using FaultServer proxy = Proxy("HTTP/1.1 403 Forbidden\r\n\r\n", request => head = request);
        HttpCheck check = new("http://web.test/", connectTo: "192.0.2.1:8080", proxy: $"http://{proxy.Authority}");

        await ProbeAsync(check);

        head.ShouldStartWith("CONNECT 192.0.2.1:8080 HTTP/1.1\r\n");
        check.TargetHost.ShouldBe("127.0.0.1");
        Should
            .Throw<ArgumentException>(() =>
                new HttpCheck("http://web.test/", connectTo: "unix:/run/web.sock", proxy: "http://proxy.test:3128")
            )
            .Message.ShouldStartWith("connectTo is a Unix socket beside proxy");
    }

    private static FaultServer Proxy(string answer, Action<string>? asked = null) =>
        new(
            async (stream, cancel) =>
            {
                string head = await FaultServer.ReadHeadAsync(stream, cancel);
                asked?.Invoke(head);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel);
                FaultServer.Close(stream);
            }
        );

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<Observation> ProbeAsync(HttpCheck check, TimeProvider? time = null) =>
        await check.ProbeAsync(time ?? TimeProvider.System, Cancel) with
        {
            PerformanceData = "",
        };
}
