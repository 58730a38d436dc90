namespace Failover;

/// <summary>HttpCheck and TlsCheck against nginx and HAProxy, with certificates that openssl has made.</summary>
public sealed class HttpPeerTests(NginxPeer nginx) : IClassFixture<NginxPeer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http", "plain", HttpProtocol.Http1, "HTTP/1.1")]
    [InlineData("http", "h2c", HttpProtocol.Http2, "HTTP/2.0")]
    [InlineData("https", "good", HttpProtocol.Http1, "HTTP/1.1")]
    [InlineData("https", "good", HttpProtocol.Http2, "HTTP/2.0")]
    public async Task A_healthy_server_is_ok_by_either_version(
        string scheme,
        string socket,
        HttpProtocol protocol,
        string spoken
    )
    {
        HttpCheck check = Check(
            $"{scheme}://web.example/healthz",
            socket,
            protocol,
            new Dictionary<string, string>
            {
                ["/status"] = "UP",
                ["/host"] = "web.example",
                ["/protocol"] = spoken,
            }
        );

        Observation seen = await ProbeAsync(check);

        (seen.State, seen.HasWarning).ShouldBe((Ok, false), seen.Reason);
        seen.Reason.ShouldStartWith("status 200 in ");
        seen.PerformanceData.ShouldMatch(scheme == "https" ? " tls=.* first_byte=.* rest=" : " first_byte=.* rest=");
    }

    [Theory]
    [InlineData("plain", HttpProtocol.Http1)]
    [InlineData("h2c", HttpProtocol.Http2)]
    public async Task Status_redirects_and_authorization_are_the_same_by_either_version(
        string socket,
        HttpProtocol protocol
    )
    {
        Observation down = await ProbeAsync(Check("http://web.example/down", socket, protocol));
        Observation moved = await ProbeAsync(Check("http://web.example/moved", socket, protocol));
        Observation followed = await ProbeAsync(
            new HttpCheck(
                "http://web.example/moved",
                bodyContains: "UP",
                protocol: protocol,
                followRedirects: true,
                connectTo: nginx.Socket(socket)
            )
        );
        Observation loop = await ProbeAsync(
            new HttpCheck(
                "http://web.example/loop",
                protocol: protocol,
                followRedirects: true,
                connectTo: nginx.Socket(socket)
            )
        );

        (down.State, down.Reason).ShouldBe((Fail, "status 503"));
        moved.Reason.ShouldStartWith("status 302 in ");
        followed.State.ShouldBe(Ok, followed.Reason);
        loop.Reason.ShouldBe("redirected more than 10 times");
        (await ProbeAsync(Private("Basic monitor:secret"))).Reason.ShouldStartWith("status 204 in ");
        (await ProbeAsync(Private("Basic monitor:wrong"))).Reason.ShouldBe("status 401");

        HttpCheck Private(string authorization) =>
            new(
                "http://web.example/private",
                protocol: protocol,
                authorization: authorization,
                connectTo: nginx.Socket(socket)
            );
    }

    [Theory]
    [InlineData("expired", "certificate expired on 2020-02-01")]
    [InlineData("wrong", "certificate is for other.example, not web.example")]
    [InlineData("self", "certificate is not trusted: it is self-signed")]
    public async Task A_bad_certificate_is_a_fail_that_says_why(string certificate, string reason)
    {
        foreach (HttpProtocol protocol in Enum.GetValues<HttpProtocol>())
        {
            Observation seen = await ProbeAsync(Check("https://web.example/healthz", certificate, protocol));

            (seen.State, seen.Reason).ShouldBe((Fail, $"{reason}: {nginx.File($"{certificate}.sock")}"));
        }
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_the_system_does_not_know_is_not_trusted()
    {
        HttpCheck check = new("https://web.example/healthz", connectTo: nginx.Socket("good"));

        Observation seen = await ProbeAsync(check);

        seen.Reason.ShouldBe($"certificate is not trusted: its issuer Peer root is unknown: {nginx.File("good.sock")}");
    }

    [Theory]
    [InlineData(HttpProtocol.Http1)]
    [InlineData(HttpProtocol.Http2)]
    public async Task A_server_that_wants_a_client_certificate_is_shown_it(HttpProtocol protocol)
    {
        HttpCheck with = new(
            "https://web.example/healthz",
            protocol: protocol,
            connectTo: nginx.Socket("client"),
            ca: nginx.File("ca.pem"),
            clientCertificate: nginx.File("client.pem"),
            clientKey: nginx.File("client.key")
        );

        (await ProbeAsync(with)).State.ShouldBe(Ok);
        // nginx answers that in HTTP: "No required SSL certificate was sent".
        (await ProbeAsync(Check("https://web.example/healthz", "client", protocol))).Reason.ShouldBe("status 400");
    }

    [Theory]
    // nginx answers in HTTP/1.1 and closes at once: whichever of the two is seen first.
    [InlineData(
        "http",
        "plain",
        "^(malformed answer, |the target does not speak HTTP/2, or has closed the connection: )"
    )]
    [InlineData("https", "plain", "^TLS handshake failed, the target does not speak TLS")]
    [InlineData("https", "old", "^TLS handshake failed, tlsv1 alert no application protocol")]
    public async Task HTTP_2_from_a_server_without_it_is_a_fail(string scheme, string socket, string reason)
    {
        Observation seen = await ProbeAsync(Check($"{scheme}://web.example/healthz", socket, HttpProtocol.Http2));

        (seen.State, seen.IsTimeout).ShouldBe((Fail, false));
        seen.Reason.ShouldNotBeNull().ShouldMatch(reason);
    }

    [Fact]
    public async Task HAProxy_answers_for_a_backend_that_is_down()
    {
        await using Proxy haproxy = await Haproxy.StartAsync(
            "http-request return status 200 content-type text/plain string up if { path /up }",
            "server none 127.0.0.1:1"
        );

        Observation up = await ProbeAsync(
            new HttpCheck("http://web.example/up", bodyMatches: "^up$", connectTo: $"unix:{haproxy.Socket}")
        );
        Observation down = await ProbeAsync(new HttpCheck("http://web.example/", connectTo: $"unix:{haproxy.Socket}"));

        up.State.ShouldBe(Ok, up.Reason);
        (down.State, down.Reason).ShouldBe((Fail, "status 503"));
    }

    private HttpCheck Check(
        string url,
        string socket,
        HttpProtocol protocol,
        IEnumerable<KeyValuePair<string, string>>? jsonEquals = null
    ) =>
        new(url, jsonEquals: jsonEquals, protocol: protocol, connectTo: nginx.Socket(socket), ca: nginx.File("ca.pem"));

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
