using System.Globalization;

namespace Failover;

/// <summary><c>/probe</c>: what may be asked for, and what is connected to.</summary>
public sealed class ProbeEndpointTests
{
    private static readonly string Viewer = ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken);

    [Theory]
    [InlineData("", 401)]
    [InlineData("Authorization: Bearer wrong\r\n", 401)]
    [InlineData("Authorization: Bearer view-0123456789abcdef\r\n", 200)]
    public async Task Who_may_view_may_probe(string headers, int status)
    {
        using Peer peer = Peer.Accepting();
        await using ManagementUnderTest test = await StartAsync(["127.0.0.0/8:*"], Tcp());

        (await AskAsync(test, $"module=tcp&target={peer.EndPoint}", headers)).Status.ShouldBe(status);

        peer.CountArrivals(status == 200 ? Second(5) : TimeSpan.Zero).ShouldBe(status == 200 ? 1 : 0);
    }

    [Fact]
    public async Task Without_modules_there_is_nothing()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        Answered answer = await AskAsync(test, "module=tcp&target=127.0.0.1:1");

        (answer.Status, Detail(answer)).ShouldBe((404, "the configuration has no probes.modules"));
    }

    [Theory]
    [InlineData("module=tcp", "target is missing; accepted: one of probes.targets")]
    [InlineData("module=tcp&target=", "target is missing; accepted: one of probes.targets")]
    [InlineData(
        "module=tcp&target=127.0.0.1:1&target=127.0.0.1:2",
        "target is given more than once; accepted: one of probes.targets"
    )]
    [InlineData("module=up&target=127.0.0.1:1", "module is \"up\"; accepted: tcp, http")]
    [InlineData("target=127.0.0.1:1", "module is \"http_2xx\"; accepted: tcp, http")]
    [InlineData("module=tcp&target=127.0.0.1", "target is \"127.0.0.1\"; accepted: HOST:PORT or [IPV6]:PORT")]
    [InlineData("module=tcp&target=10.1:80", "target is \"10.1:80\"; accepted: HOST:PORT or [IPV6]:PORT")]
    [InlineData(
        "module=http&target=http://a:b@127.0.0.1/",
        "target is \"http://a:b@127.0.0.1/\"; accepted: a URL that begins with http:// or https://"
    )]
    public async Task Bad_requests_are_refused_with_what_is_accepted(string query, string detail)
    {
        await using ManagementUnderTest test = await StartAsync(["127.0.0.0/8:*"], Tcp(), Http());

        Answered answer = await AskAsync(test, query);

        (answer.Status, Detail(answer)).ShouldBe((400, detail));
    }

    [Fact]
    public async Task A_timeout_that_is_no_number_is_refused()
    {
        await using ManagementUnderTest test = await StartAsync(["127.0.0.0/8:*"], Tcp());

        Answered answer = await AskAsync(
            test,
            "module=tcp&target=127.0.0.1:1",
            $"{Viewer}X-Prometheus-Scrape-Timeout-Seconds: soon\r\n"
        );

        (answer.Status, Detail(answer)).ShouldBe(
            (400, "X-Prometheus-Scrape-Timeout-Seconds is \"soon\"; accepted: a number of seconds")
        );
    }

    [Theory]
    [InlineData("10", "9.5")]
    [InlineData("2.5", "2")]
    [InlineData("1", "0.5")]
    [InlineData("0.4", "0.2")]
    [InlineData("0.0001", "0.001")]
    [InlineData("1000000000000", "86399.5")]
    [InlineData(null, null)]
    public void A_scrape_leaves_time_for_the_answer(string? header, string? seconds)
    {
        ProbeEndpoint.TryReadTimeout(header, out TimeSpan? atMost).ShouldBeTrue();

        atMost.ShouldBe(seconds is null ? null : Second(double.Parse(seconds, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData(9.5, 2)]
    [InlineData(0.5, 0.5)]
    [InlineData(null, 2)]
    public void The_lesser_timeout_counts(double? scrape, double expected) =>
        ((TcpCheck)Tcp().WithTarget("127.0.0.1:1", scrape is { } seconds ? Second(seconds) : null)).Timeout.ShouldBe(
            Second(expected)
        );

    [Fact]
    public async Task What_is_not_listed_is_refused_and_never_looked_up()
    {
        await using NameServer names = new(query => [NameServer.Answer(query, [])]);
        await using ManagementUnderTest test = await StartAsync(
            ["*.example.net:443", "0.0.0.0/0:443"],
            Tcp(names.Address)
        );

        (await RefusalAsync(test, "target=evil.test:443")).ShouldBe("\"evil.test:443\" is not in probes.targets");
        (await RefusalAsync(test, "target=web.example.net:80")).ShouldBe(
            "\"web.example.net:80\" is not in probes.targets"
        );
        (await RefusalAsync(test, "target=169.254.169.254:443")).ShouldBe(
            "169.254.169.254 is link-local, and is not in probes.targets itself"
        );
        names.Queries.ShouldBe(0);
    }

    [Theory]
    [InlineData("169.254.169.254", "169.254.169.254 is link-local")]
    [InlineData("127.0.0.1", "127.0.0.1 is loopback")]
    [InlineData("0.0.0.0", "0.0.0.0 is unspecified")]
    [InlineData("224.0.0.1", "224.0.0.1 is multicast")]
    public async Task A_name_that_leads_there_is_refused(string address, string why)
    {
        await using NameServer names = Naming(address);
        foreach (ProbeModule module in Modules(names.Address))
        {
            await using ManagementUnderTest test = await StartAsync(["*.example.net:*"], module);
            string target = module.Check is PingCheck ? "web.example.net" : "web.example.net:53";

            (await RefusalAsync(test, $"target={target}", module.Name)).ShouldBe(
                $"of \"web.example.net\" an address is refused: {why}, and is not in probes.targets itself"
            );
        }
    }

    [Fact]
    public void The_kinds_of_check_above_are_all_that_take_a_target() =>
        Modules("127.0.0.1")
            .Select(module => module.Check.OwnKind)
            .ShouldBe(TaskKinds.All.Where(kind => kind.Target is not null), ignoreOrder: true);

    [Fact]
    public async Task One_forbidden_address_among_others_is_enough()
    {
        await using NameServer names = Naming("192.0.2.1", "169.254.169.254");
        await using ManagementUnderTest test = await StartAsync(["*.example.net:*"], Tcp(names.Address));

        (await RefusalAsync(test, "target=web.example.net:80")).ShouldContain("169.254.169.254 is link-local");
    }

    // DNS rebinding: whoever answers for the name says another address the second time.
    [Fact]
    public async Task What_is_connected_to_is_what_was_examined()
    {
        using Peer examined = Peer.Accepting("127.0.0.2");
        using Peer other = Peer.Accepting("127.0.0.3", examined.Port);
        int asked = 0;
        await using NameServer names = new(query =>
            [
                NameServer.Answer(
                    query,
                    IsForIpv4(query)
                        ? [NameServer.A(Interlocked.Increment(ref asked) == 1 ? "127.0.0.2" : "127.0.0.3")]
                        : []
                ),
            ]
        );
        await using ManagementUnderTest test = await StartAsync(["*.example.net:*", "127.0.0.2:*"], Tcp(names.Address));

        Answered answer = await AskAsync(test, $"module=tcp&target=web.example.net:{examined.Port}");

        ScrapedMetrics.Of(answer.Body)["probe_success"].ShouldBe("1");
        (asked, examined.CountArrivals(Second(5)), other.CountArrivals(TimeSpan.Zero)).ShouldBe((1, 1, 0));
        (await RefusalAsync(test, $"target=web.example.net:{examined.Port}")).ShouldContain("127.0.0.3 is loopback");
        other.CountArrivals(TimeSpan.Zero).ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_does_not_leave_what_is_listed()
    {
        await using FaultServer last = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\nready");
        string location = $"http://127.0.0.1:{last.Port}/";
        await using FaultServer first = FaultServer.Answering($"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n");
        await using ManagementUnderTest narrow = await StartAsync([$"127.0.0.1:{first.Port}"], Http());
        await using ManagementUnderTest wide = await StartAsync(["127.0.0.1:*"], Http());

        IReadOnlyDictionary<string, string> stopped = await MetricsAsync(narrow, $"module=http&target={first.Url}");
        IReadOnlyDictionary<string, string> followed = await MetricsAsync(wide, $"module=http&target={first.Url}");

        (stopped["probe_success"], stopped["probe_http_status_code"]).ShouldBe(("0", "0"));
        (followed["probe_success"], followed["probe_http_redirects"]).ShouldBe(("1", "1"));
    }

    [Fact]
    public async Task A_redirect_to_a_name_is_examined_as_well()
    {
        await using NameServer names = Naming("127.0.0.1");
        await using FaultServer last = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\nready");
        await using FaultServer first = FaultServer.Answering(
            $"HTTP/1.1 302 Found\r\nLocation: http://web.example.net:{last.Port}/\r\n\r\n"
        );
        string[] listed = [$"127.0.0.1:{first.Port}", "*.example.net:*"];
        await using ManagementUnderTest test = await StartAsync(listed, Http(names.Address));

        IReadOnlyDictionary<string, string> stopped = await MetricsAsync(test, $"module=http&target={first.Url}");

        (stopped["probe_success"], stopped["probe_http_redirects"]).ShouldBe(("0", "1"));
        (names.Queries, last.Connections).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_proxy_among_the_defaults_is_not_for_modules()
    {
        await using FaultServer server = FaultServer.Answering("HTTP/1.1 200 OK\r\n\r\n");
        ProbeModule module = new("http", new HttpCheck("http://target.example.net/", proxy: "http://127.0.0.1:1"));
        await using ManagementUnderTest test = await StartAsync(["127.0.0.1:*"], module);

        (await MetricsAsync(test, $"module=http&target={server.Url}"))["probe_success"].ShouldBe("1");
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nready", "1 200 1 5 5 0")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nready", "1 200 1.1 -1 5 0")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnot", "0 200 1.1 3 3 1")]
    [InlineData("HTTP/1.1 503 x\r\nContent-Length: 3\r\n\r\nnot", "0 503 1.1 3 3 0")]
    [InlineData("nonsense", "0 0 0 0 0 0")]
    public async Task What_an_answer_is_like_is_told(string answer, string expected)
    {
        await using FaultServer server = FaultServer.Answering(answer);
        await using ManagementUnderTest test = await StartAsync(["127.0.0.1:*"], Http());

        // As blackbox_exporter, without a scheme.
        IReadOnlyDictionary<string, string> told = await MetricsAsync(
            test,
            $"module=http&target={server.Authority}/x%3Fy=1"
        );

        string.Join(
                ' ',
                told["probe_success"],
                told["probe_http_status_code"],
                told["probe_http_version"],
                told["probe_http_content_length"],
                told["probe_http_uncompressed_body_length"],
                told["probe_failed_due_to_regex"]
            )
            .ShouldBe(expected);
        told["probe_ip_protocol"].ShouldBe("4");
    }

    [Fact]
    public async Task It_is_one_of_the_probes_that_may_run_at_once()
    {
        using Peer silent = Peer.Accepting();
        ProbeModule patient = new("patient", new HttpCheck("http://target.example.net/", timeout: Day(1)));
        await using ManagementUnderTest test = await StartAsync(["127.0.0.1:*"], patient, Tcp());
        test.Service.ProbeLimits = new(Max: 1);
        Task<Answered> first = AskAsync(test, $"module=patient&target=http://{silent.EndPoint}/");
        System.Net.Sockets.Socket accepted = await silent.AcceptAsync(TestContext.Current.CancellationToken);
        Task<Answered> second = AskAsync(test, $"module=tcp&target={silent.EndPoint}");
        while (!second.IsCompleted)
        {
            test.Time.Advance(Second(0.1));
            // Real time: the request arrives meanwhile.
            await Task.WhenAny(second, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        Answered refused = await second;
        accepted.Dispose();

        (refused.Status, Detail(refused)).ShouldBe((503, "did not start within 2s: probes are limited to 1 at a time"));
        (await first).Status.ShouldBe(200);
    }

    private static ProbeModule Tcp(string? resolver = null) =>
        // Whoever counts connections does not see those that were reset.
        new("tcp", new TcpCheck("target.example.net", 1, timeout: Second(2), close: TcpClose.Fin, resolver: resolver));

    private static ProbeModule Http(string? resolver = null) =>
        new(
            "http",
            new HttpCheck(
                "http://target.example.net/",
                bodyContains: "ready",
                followRedirects: true,
                resolver: resolver
            )
        );

    private static ProbeModule[] Modules(string resolver) =>
        [
            Tcp(resolver),
            Http(resolver),
            new("tls", new TlsCheck("target.example.net", 1, resolver: resolver)),
            new("grpc", new GrpcCheck("target.example.net", 1, resolver: resolver)),
            new("dns", new DnsCheck("example.net", server: "target.example.net", resolver: resolver)),
            new("ping", new PingCheck("target.example.net", resolver: resolver)),
        ];

    private static NameServer Naming(params string[] addresses) =>
        new(query =>
            [
                NameServer.Answer(
                    query,
                    IsForIpv4(query) ? Array.ConvertAll(addresses, address => NameServer.A(address)) : []
                ),
            ]
        );

    // The type is the last but one of the numbers (RFC 1035, 4.1.2).
    private static bool IsForIpv4(byte[] query) => query[^3] == (byte)DnsRecordType.A;

    private static Task<ManagementUnderTest> StartAsync(string[] targets, params ProbeModule[] modules) =>
        ManagementUnderTest.StartAsync(test =>
            test.Modules = new(
                [.. modules],
                new([.. targets.Select(text => (AllowedTarget)AllowedTarget.Parse(text).Value!)])
            )
        );

    private static async Task<string> RefusalAsync(ManagementUnderTest test, string query, string module = "tcp")
    {
        Answered answer = await AskAsync(test, $"module={module}&{query}");
        answer.Status.ShouldBe(403, answer.Body);
        return Detail(answer);
    }

    private static async Task<IReadOnlyDictionary<string, string>> MetricsAsync(ManagementUnderTest test, string query)
    {
        Answered answer = await AskAsync(test, query);
        answer.Status.ShouldBe(200, answer.Body);
        return ScrapedMetrics.Of(answer.Body);
    }

    private static Task<Answered> AskAsync(ManagementUnderTest test, string query) => AskAsync(test, query, Viewer);

    private static async Task<Answered> AskAsync(ManagementUnderTest test, string query, string headers)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://localhost:{test.Port}/probe?{query}");
        foreach (string header in headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = header.Split(": ");
            request.Headers.TryAddWithoutValidation(parts[0], parts[1]);
        }

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)answer.StatusCode,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    private static string Detail(Answered answer) =>
        System.Text.Json.JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.ProblemDocument)!.Detail;

    private sealed record Answered(int Status, string Body);
}
