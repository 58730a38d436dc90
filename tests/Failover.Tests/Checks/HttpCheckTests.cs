using System.Text;

namespace Failover;

public sealed class HttpCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nOK")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nOK")]
    [InlineData("HTTP/1.0 200 OK\n\nOK")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\tb\r\nEmpty:\r\n\r\nOK")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nOK")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\nO\r\n001\r\nK\r\n0\r\nTrailer: x\r\n\r\n"
    )]
    public async Task An_answer_is_read_to_its_end(string answer)
    {
        await using FaultServer server = FaultServer.Answering(answer);

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyMatches: "^OK$"));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldMatch(@"^status 200 in \d");
        seen.PerformanceData.ShouldMatch(
            @"^name=\d+\.\d{3,6}s connect=\d+\.\d{3,6}s first_byte=\d+\.\d{3,6}s rest=\d+\.\d{3,6}s total=\d+\.\d{3,6}s$"
        );
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "GET")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD")]
    [InlineData("HTTP/1.1 399 Odd\r\nContent-Length: 0\r\n\r\n", "POST")]
    public async Task An_answer_without_a_body_has_none_to_wait_for(string answer, string method)
    {
        await using FaultServer server = FaultServer.Answering(answer);

        (await ProbeAsync(new HttpCheck(server.Url, method))).State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "status 404")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "status 101")]
    public async Task Another_status_is_a_fail(string answer, string reason)
    {
        await using FaultServer server = FaultServer.Answering(answer);

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe((Fail, reason, false));
    }

    [Fact]
    public async Task The_status_codes_that_are_right_can_be_given()
    {
        await using FaultServer server = FaultServer.Answering("HTTP/1.1 404 Not Found\r\n\r\n");

        (await ProbeAsync(new HttpCheck(server.Url, status: [200, "400-410"]))).State.ShouldBe(Ok);
        (await ProbeAsync(new HttpCheck(server.Url, status: ["200-403", 405]))).State.ShouldBe(Fail);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "malformed answer, \"SSH-2.0-OpenSSH_9.2\" is no status line of HTTP/1")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n", "malformed answer, \"HTTP/2.0 200 OK\" is no status line of HTTP/1")]
    [InlineData("HTTP/1.1 2000\r\n\r\n", "malformed answer, \"HTTP/1.1 2000\" is no status line of HTTP/1")]
    [InlineData("HTTP/1.1 200 OK\r\nno header\r\n\r\n", "malformed answer, \"no header\" is no header")]
    [InlineData("HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\n\r\n", "malformed answer, \" folded\" is no header")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", "malformed answer, its content length is \"1, 2\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "malformed answer, its content length is \"-1\"")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "malformed answer, its transfer encoding is \"gzip, chunked\", not chunked"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "malformed answer, \"xyz\" is no size of a chunk"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "malformed answer, \"ffffffffffffffff\" is no size of a chunk"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "malformed answer, a chunk is longer than its size"
    )]
    [InlineData("", "connection closed while waiting for the answer")]
    [InlineData("HTTP/1.1", "connection closed while reading the answer")]
    [InlineData("HTTP/1.1 200 OK\r\n", "connection closed while reading the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nA: 1\r\n", "connection closed while reading the answer")]
    [InlineData("HTTP/1.1 100 Continue\r\n", "connection closed while reading the answer")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK",
        "connection closed while reading the answer"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n",
        "connection closed while reading the answer"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n",
        "connection closed while reading the answer"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno trailer\r\n\r\n",
        "malformed answer, \"no trailer\" is no header"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nOK", "connection closed while reading the answer")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n",
        "connection closed while reading the answer"
    )]
    public async Task What_is_no_whole_answer_is_a_fail_that_says_so(string answer, string reason)
    {
        await using FaultServer server = FaultServer.Answering(answer);

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason).ShouldBe((Fail, $"{reason}: {server.Authority}"));
    }

    [Fact]
    public async Task The_request_says_no_more_than_it_has_to()
    {
        (await SentAsync(url => new HttpCheck($"{url}a%20b?c=d"))).ShouldBe(
            "GET /a%20b?c=d HTTP/1.1\r\nHost: AUTHORITY\r\nUser-Agent: failover\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        );
    }

    [Fact]
    public async Task Headers_body_and_authorization_are_sent()
    {
        string sent = await SentAsync(url => new HttpCheck(
            url,
            "POST",
            new Dictionary<string, string> { ["host"] = "web.example.net", ["accept"] = "text/plain" },
            "ü",
            authorization: "Basic monitor:a:b"
        ));

        sent.ShouldBe(
            "POST / HTTP/1.1\r\nHost: web.example.net\r\nUser-Agent: failover\r\n"
                + "Authorization: Basic bW9uaXRvcjphOmI=\r\naccept: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        );
        (await SentAsync(url => new HttpCheck(url, authorization: "bearer abc.def"))).ShouldContain(
            "\r\nAuthorization: Bearer abc.def\r\n"
        );
    }

    [Theory]
    [InlineData("ready", null, null)]
    [InlineData("READY", null, "body lacks \"READY\"")]
    [InlineData(null, "(?i)\"READY\"", null)]
    [InlineData(null, "^ready", "body does not match \"^ready\"")]
    public async Task The_body_is_judged(string? contains, string? matches, string? reason)
    {
        await using FaultServer server = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\n{\"state\": \"ready\"}");

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyContains: contains, bodyMatches: matches));

        (seen.State, reason is null ? null : seen.Reason).ShouldBe((reason is null ? Ok : Fail, reason));
    }

    [Theory]
    [InlineData("/status", "UP", null)]
    [InlineData("/up", "true", null)]
    [InlineData("/nodes/1/a~1b", "1.50", null)]
    [InlineData("/none", "null", null)]
    [InlineData("/status", "DOWN", "JSON has \"UP\" at \"/status\", not \"DOWN\"")]
    [InlineData("/nodes/2", "x", "JSON lacks \"/nodes/2\"")]
    [InlineData("/status/x", "x", "JSON lacks \"/status/x\"")]
    public async Task A_value_in_a_JSON_body_is_compared(string place, string value, string? reason)
    {
        await using FaultServer server = FaultServer.Answering(
            "HTTP/1.1 200 OK\r\n\r\n{\"status\": \"UP\", \"up\": true, \"none\": null, \"nodes\": [1, {\"a/b\": 1.50}]}"
        );
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { [place] = value });

        Observation seen = await ProbeAsync(check);

        (seen.State, reason is null ? null : seen.Reason).ShouldBe((reason is null ? Ok : Fail, reason));
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_says_so()
    {
        await using FaultServer server = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\n<html>");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { ["/status"] = "UP" });

        (await ProbeAsync(check)).Reason.ShouldBe("body is no JSON");
    }

    [Theory]
    [InlineData("content-type", "^application/(json|xml)$", null)]
    [InlineData("X-Twice", "^a, b$", null)]
    [InlineData("Content-Type", "text", "header Content-Type is \"application/json\", which does not match \"text\"")]
    [InlineData("X-Missing", "", "header X-Missing is missing")]
    public async Task Headers_of_the_answer_are_matched(string name, string pattern, string? reason)
    {
        await using FaultServer server = FaultServer.Answering(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Twice: a\r\nx-twice: b\r\n\r\n"
        );
        HttpCheck check = new(server.Url, headerMatches: new Dictionary<string, string> { [name] = pattern });

        Observation seen = await ProbeAsync(check);

        (seen.State, reason is null ? null : seen.Reason).ShouldBe((reason is null ? Ok : Fail, reason));
    }

    [Fact]
    public async Task A_right_answer_that_takes_too_long_is_a_fail()
    {
        ManualTime time = new();
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                time.Advance(Second(2));
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            }
        );

        (await new HttpCheck(server.Url, latency: Second(2)).ProbeAsync(time, Cancel)).State.ShouldBe(Ok);
        Observation slow = await new HttpCheck(server.Url, latency: Second(1.999)).ProbeAsync(time, Cancel);

        (slow.State, slow.Reason, slow.IsTimeout).ShouldBe(
            (Fail, "slow: 2s, over 1.999s (name 0ms, connect 0ms, first byte 2s, rest 0ms)", false)
        );
    }

    [Fact]
    public async Task The_URL_names_the_server_and_another_address_is_connected_to()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "web.sock");
        TaskCompletionSource<string> sent = new();
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                sent.TrySetResult(await FaultServer.ReadHeadAsync(stream, cancel));
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            },
            path
        );

        Observation seen = await ProbeAsync(new HttpCheck("http://web.example.net:81/", connectTo: $"unix:{path}"));

        seen.State.ShouldBe(Ok, seen.Reason);
        (await sent.Task).ShouldContain("\r\nHost: web.example.net:81\r\n");
    }

    [Fact]
    public async Task A_socket_that_is_missing_or_refuses_is_a_fail()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "web.sock");
        HttpCheck check = new("http://web/", connectTo: $"unix:{path}");
        (await ProbeAsync(check)).Reason.ShouldBe($"no such socket: {path}");

        using System.Net.Sockets.Socket bound = new(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        bound.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));

        Observation refused = await ProbeAsync(check);
        (refused.State, refused.Reason).ShouldBe((Fail, $"refused: {path}"));
    }

    [Theory]
    [InlineData(IpFamily.Any)]
    [InlineData(IpFamily.Ipv4)]
    [InlineData(IpFamily.Ipv6)]
    public async Task Addresses_of_one_family_alone_are_tried_where_that_is_asked(IpFamily family)
    {
        await using FaultServer server = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\n");
        HttpCheck check = new($"http://web.test:{server.Port}/", family: family)
        {
            NameResolver = new Resolver(_ => [System.Net.IPAddress.Loopback]),
        };

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(family == IpFamily.Ipv6 ? Fail : Ok, seen.Reason);
        if (family == IpFamily.Ipv6)
        {
            seen.Reason.ShouldBe("no IPv6 address: web.test");
        }
    }

    [Fact]
    public async Task A_target_that_refuses_fails_as_with_tcp()
    {
        using System.Net.Sockets.Socket refusing = Peer.Refusing();

        Observation seen = await ProbeAsync(new HttpCheck($"http://{refusing.LocalEndPoint}/"));

        (seen.State, seen.Reason).ShouldBe((Fail, $"refused: {refusing.LocalEndPoint}"));
    }

    [Fact]
    public async Task A_probe_that_is_cancelled_ends_as_cancelled()
    {
        using CancellationTokenSource cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using FaultServer server = new(async (_, _) => await cancelled.CancelAsync());

        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await new HttpCheck(server.Url).ProbeAsync(TimeProvider.System, cancelled.Token)
        );
    }

    private static async Task<string> SentAsync(Func<string, HttpCheck> check)
    {
        TaskCompletionSource<string> sent = new();
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                sent.TrySetResult(await FaultServer.ReadHeadAsync(stream, cancel));
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 204 x\r\n\r\n"), cancel);
            }
        );
        (await ProbeAsync(check(server.Url))).State.ShouldBe(Ok);
        return (await sent.Task).Replace(server.Authority, "AUTHORITY", StringComparison.Ordinal);
    }

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
