namespace Failover;

/// <summary><c>/-/metrics</c> and <c>/-/sd</c>: who may, and in which form.</summary>
public sealed class MetricsEndpointTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/html", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text; version=1.0.0", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", true)]
    [InlineData("APPLICATION/OPENMETRICS-TEXT", true)]
    [InlineData("application/openmetrics-text; version=2.0.0", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("application/openmetrics-text;q=0.3, text/plain;q=0.7", false)]
    [InlineData("application/openmetrics-text;q=0.7, text/plain;q=0.3", true)]
    [InlineData("application/openmetrics-text;q=0.5, text/plain;q=0.5", false)]
    [InlineData("application/openmetrics-text;q=0.5, text/*;q=0.2, */*;q=0.9", true)]
    [InlineData("application/*, text/plain;q=0.9", true)]
    [InlineData("application/openmetrics-text;q=nonsense", false)]
    [InlineData(";;;,,,\"", false)]
    // Prometheus 2.42 and 3.
    [InlineData(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        true
    )]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        true
    )]
    public void The_format_is_the_one_that_is_preferred(string accept, bool isOpenMetrics) =>
        MetricsEndpoint.PrefersOpenMetrics(accept).ShouldBe(isOpenMetrics);

    [Theory]
    [InlineData("metrics")]
    [InlineData("sd")]
    public async Task Who_may_view_may_read_them(string path)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        (await AskAsync(test, "GET", path, "")).Status.ShouldBe(401);
        (await AskAsync(test, "GET", path, ManagementUnderTest.Bearer("wrong"))).Status.ShouldBe(401);
        (await AskAsync(test, "GET", path, ManagementUnderTest.Basic("alice"))).Status.ShouldBe(200);
        (await AskAsync(test, "GET", path, ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken))).Status.ShouldBe(
            200
        );
        (await AskAsync(test, "POST", path, ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken))).Status.ShouldBe(
            405
        );
    }

    [Fact]
    public async Task The_answer_says_its_format_and_HEAD_has_no_body()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string viewer = ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken);

        Answered text = await AskAsync(test, "GET", "metrics", viewer);
        text.Type.ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        text.IsStored.ShouldBeFalse();
        text.Body.ShouldContain("failover_component_state{component=\"mail\",state=\"ok\"}");
        text.Body.ShouldNotContain("# EOF");

        Answered open = await AskAsync(test, "GET", "metrics", $"{viewer}Accept: application/openmetrics-text\r\n");
        open.Type.ShouldBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
        open.Body.ShouldContain("\n# EOF\n");

        Answered head = await AskAsync(test, "HEAD", "metrics", viewer);
        (head.Status, head.Body).ShouldBe((200, ""));
        head.Type.ShouldBe(text.Type);
    }

    [Theory]
    [InlineData("failover_background_lateness_seconds", "failover_background_lateness_seconds")]
    [InlineData("failover_background_lateness_seconds_bucket", "failover_background_lateness_seconds")]
    [InlineData("failover_component_state", "failover_component_state")]
    [InlineData("failover_polls", "failover_polls_total")]
    [InlineData("failover_polls_total&name%5B%5D=failover_components", "failover_components failover_polls_total")]
    public async Task Metrics_that_are_named_are_the_only_ones(string named, string families)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        Answered answer = await AskAsync(test, $"metrics?name[]={named}");

        answer.Status.ShouldBe(200);
        answer
            .Body.Split('\n')
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2])
            .ShouldBe(families.Split(' '));
        answer
            .Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .ShouldAllBe(line => families.Split(' ').Any(one => line.StartsWith(one, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("failover_pols_total", "; did you mean \\u0022failover_polls_total\\u0022?")]
    [InlineData("up", "")]
    [InlineData("", "")]
    public async Task A_name_that_no_metric_has_is_an_error(string named, string meant)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        Answered answer = await AskAsync(test, $"metrics?name[]=failover_components&name[]={named}");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldContain(
            $"name[] is \\u0022{named}\\u0022; accepted: a metric of /-/metrics{meant}",
            customMessage: answer.Body
        );
    }

    [Fact]
    public async Task Log_ins_are_counted_by_outcome_and_a_request_without_credentials_is_none()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        await AskAsync(test, "GET", "metrics", "");
        await AskAsync(test, "GET", "metrics", ManagementUnderTest.Basic("alice", "wrong"));
        await AskAsync(test, "GET", "metrics", ManagementUnderTest.Bearer("wrong"));
        RawAnswer refused = await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("alice"));
        refused.Status.ShouldBe(403);

        IReadOnlyDictionary<string, string> scraped = await ScrapedMetrics.OfAsync(new ServiceMetrics(test.Service));

        scraped["failover_logins_total{outcome=\"passed\"}"].ShouldBe("0");
        scraped["failover_logins_total{outcome=\"denied\"}"].ShouldBe("2");
        scraped["failover_logins_total{outcome=\"wrong_role\"}"].ShouldBe("1");
        await AskAsync(test, "GET", "metrics", ManagementUnderTest.Basic("alice"));
        (await ScrapedMetrics.OfAsync(new ServiceMetrics(test.Service)))["failover_logins_total{outcome=\"passed\"}"]
            .ShouldBe("1");
    }

    [Theory]
    [InlineData(null, false, "http://localhost:8080/mail")]
    [InlineData("0.0.0.0", false, "http://localhost:8080/mail")]
    [InlineData("::", true, "https://localhost:8080/mail")]
    [InlineData("192.0.2.1", false, "http://192.0.2.1:8080/mail")]
    [InlineData("2001:db8::1", false, "http://[2001:db8::1]:8080/mail")]
    public async Task A_target_is_where_a_component_is_polled(string? host, bool isTls, string url)
    {
        Answered answer = await DiscoverAsync(new ListenAddress(host, 8080, SocketPath: null, isTls));

        answer.Type.ShouldBe("application/json");
        using System.Text.Json.JsonDocument read = System.Text.Json.JsonDocument.Parse(answer.Body);
        System.Text.Json.JsonElement target = read.RootElement.EnumerateArray().ShouldHaveSingleItem();
        target.GetProperty("targets").EnumerateArray().Select(one => one.GetString()).ShouldBe([url]);
        target.GetProperty("labels").GetProperty("__meta_failover_component").GetString().ShouldBe("mail");
    }

    [Fact]
    public async Task Behind_a_Unix_socket_nothing_is_a_target() =>
        (await DiscoverAsync(new ListenAddress(Host: null, 0, "/run/failover.sock"))).Body.ShouldBe("[]");

    private static async Task<Answered> DiscoverAsync(ListenAddress served)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one => one.Served = [served]);
        return await AskAsync(test, "GET", "sd", ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken));
    }

    private static Task<Answered> AskAsync(ManagementUnderTest test, string path) =>
        AskAsync(test, "GET", path, ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken));

    private static async Task<Answered> AskAsync(ManagementUnderTest test, string method, string path, string headers)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        using HttpRequestMessage request = new(new HttpMethod(method), $"http://localhost:{test.Port}/-/{path}");
        foreach (string header in headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = header.Split(": ");
            request.Headers.TryAddWithoutValidation(parts[0], parts[1]);
        }

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)answer.StatusCode,
            $"{answer.Content.Headers.ContentType}",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        )
        {
            IsStored = answer.Headers.CacheControl?.NoStore != true,
        };
    }

    private sealed record Answered(int Status, string Type, string Body)
    {
        public bool IsStored { get; init; }
    }
}
