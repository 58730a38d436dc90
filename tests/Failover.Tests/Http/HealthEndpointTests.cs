using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Every row of the contract's HTTP table but the POST, in raw bytes.</summary>
public sealed class HealthEndpointTests
{
    [Theory]
    [InlineData(HealthState.Ok, "HTTP/1.1 200 OK", "OK")]
    [InlineData(HealthState.Fail, "HTTP/1.1 503 Service Unavailable", "FAIL")]
    [InlineData(HealthState.Error, "HTTP/1.1 500 Internal Server Error", "ERROR")]
    public async Task A_state_is_a_status_and_exactly_those_bytes(HealthState state, string statusLine, string body)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new ScriptedCheck { Sees = state }
        );

        RawAnswer answer = await RawConnection.GetAsync(server.Port, "/mail");

        answer.Head.Split("\r\n")[0].ShouldBe(statusLine);
        answer.Body.ShouldBe(body);
        answer["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        answer["Content-Length"].ShouldBe($"{body.Length}");
        answer["Cache-Control"].ShouldBe("no-store");
        answer["X-Content-Type-Options"].ShouldBe("nosniff");
        answer["Content-Security-Policy"].ShouldBe("default-src 'none'; frame-ancestors 'none'");
        answer["Server"].ShouldBeNull();
    }

    [Fact]
    public async Task HEAD_is_GET_without_the_body()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync("HEAD /mail HTTP/1.1\r\nHost: x\r\n\r\nGET /mail HTTP/1.1\r\nHost: x\r\n\r\n");
        RawAnswer head = await connection.ReadAnswerAsync(isHead: true);
        RawAnswer get = await connection.ReadAnswerAsync();

        WithoutDate(head).ShouldBe(WithoutDate(get));
        get.Body.ShouldBe("OK", "no byte of a body came between");

        static string WithoutDate(RawAnswer answer) =>
            string.Join(
                '\n',
                answer.Head.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal))
            );
    }

    [Theory]
    [InlineData(HealthState.Ok, 200)]
    [InlineData(HealthState.Fail, 503)]
    [InlineData(HealthState.Error, 500)]
    public async Task OPTIONS_has_the_status_of_GET_no_body_and_what_is_allowed(HealthState state, int status)
    {
        ScriptedCheck check = new() { Sees = state };
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", check);
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        // As HAProxy's "option httpchk /mail" asks, and a GET behind it.
        await connection.SendAsync(
            "OPTIONS /mail HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /mail HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        RawAnswer options = await connection.ReadAnswerAsync();
        RawAnswer get = await connection.ReadAnswerAsync();

        options.Status.ShouldBe(status);
        options["Content-Length"].ShouldBe("0");
        options.Body.ShouldBeEmpty();
        options["Allow"].ShouldBe("GET, HEAD, OPTIONS");
        options["Cache-Control"].ShouldBe("no-store");
        options["Access-Control-Allow-Origin"].ShouldBeNull();
        get.Status.ShouldBe(status, "no byte of a body came between");
        check.Probes.ShouldBe(2, "each has evaluated it");
    }

    [Fact]
    public async Task OPTIONS_of_an_unknown_path_is_not_found()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        foreach (string target in (string[])["/web", "*"])
        {
            string request = $"OPTIONS {target} HTTP/1.1\r\nHost: x\r\n\r\n";
            (await RawConnection.AskAsync(server.Port, request)).Status.ShouldBe(404);
        }
    }

    [Theory]
    [InlineData("/mail", 200)]
    [InlineData("/mail?verbose=1", 200)]
    [InlineData("/mail?", 200)]
    [InlineData("/%6Dail", 200)]
    [InlineData("http://elsewhere.example/mail", 200)]
    [InlineData("/a/b", 200)]
    [InlineData("/a%2Fb", 200)]
    [InlineData("/caf%C3%A9", 200)]
    [InlineData("/50%25", 200)]
    [InlineData("/", 404)]
    [InlineData("/nothing", 404)]
    [InlineData("//mail", 404)]
    [InlineData("/mail/", 404)]
    [InlineData("/Mail", 404)]
    [InlineData("/./mail", 404)]
    [InlineData("/x/../mail", 404)]
    [InlineData("/%2e/mail", 404)]
    [InlineData("/x/%2e%2e/mail", 404)]
    [InlineData("/mail%2F", 404)]
    [InlineData("/%2Fmail", 404)]
    [InlineData("/%256Dail", 404)]
    [InlineData("/mail%20", 404)]
    [InlineData("/mail;x", 404)]
    [InlineData("/mail#x", 404)]
    [InlineData("/50%", 404)]
    [InlineData("/caf%E9", 404)]
    [InlineData("/-/", 404)]
    [InlineData("http://elsewhere.example?x=/mail", 404)]
    public async Task A_path_is_compared_to_the_letter_after_one_decoding(string target, int status)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(test =>
        {
            foreach (string name in (string[])["mail", "a/b", "café", "50%"])
            {
                test.AddComponent(name, new ScriptedCheck());
            }
        });

        (await RawConnection.GetAsync(server.Port, target)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("/mail%00")]
    [InlineData("/%00mail")]
    [InlineData("/mail\0")]
    public async Task NUL_in_a_path_is_never_an_alias(string target)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        (await RawConnection.GetAsync(server.Port, target)).Status.ShouldBeOneOf(400, 404);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("BREW")]
    [InlineData("get")]
    public async Task Another_method_is_not_allowed_and_the_answer_names_those_that_are(string method)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        RawAnswer answer = await RawConnection.AskAsync(
            server.Port,
            $"{method} /mail HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        );

        answer.Status.ShouldBe(405);
        answer["Allow"].ShouldBe("GET, HEAD, OPTIONS");
    }

    [Fact]
    public async Task HTTP_1_0_is_answered_and_closed_unless_it_asks_otherwise()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());
        using RawConnection plain = await RawConnection.OpenAsync(server.Port);
        using RawConnection kept = await RawConnection.OpenAsync(server.Port);

        await plain.SendAsync("GET /mail HTTP/1.0\r\n\r\n");
        (await plain.ReadAnswerAsync()).Body.ShouldBe("OK");
        (await plain.IsClosedAsync()).ShouldBeTrue();

        await kept.SendAsync("GET /mail HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        (await kept.ReadAnswerAsync()).Body.ShouldBe("OK");
        await kept.SendAsync("GET /mail HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        (await kept.ReadAnswerAsync()).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(test =>
        {
            test.AddComponent("up", new ScriptedCheck());
            test.AddComponent("down", new ScriptedCheck { Sees = Fail });
        });
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync(
            string.Concat(
                Enumerable.Repeat("GET /up HTTP/1.1\r\nHost: x\r\n\r\nGET /down HTTP/1.1\r\nHost: x\r\n\r\n", 50)
            )
        );

        for (int i = 0; i < 50; i++)
        {
            (await connection.ReadAnswerAsync()).Body.ShouldBe("OK");
            (await connection.ReadAnswerAsync()).Body.ShouldBe("FAIL");
        }
    }

    [Theory]
    [InlineData("GET /mail\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/3.9\r\nHost: x\r\n\r\n", 505)]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/1.1\r\nHost : x\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400)]
    [InlineData("GET /ma il HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400)]
    [InlineData("GET mail HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /mail HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    public async Task Malformed_HTTP_is_refused_and_closed(string request, int status)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync(request);

        (await connection.ReadAnswerAsync()).Status.ShouldBe(status);
        (await connection.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_huge_head_is_refused_and_closed()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync($"GET /mail HTTP/1.1\r\nHost: x\r\nX-Large: {new string('x', 40_000)}\r\n\r\n");

        (await connection.ReadAnswerAsync()).Status.ShouldBe(431);
        (await connection.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_goes_away_is_not_waited_for()
    {
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        await using HealthService service = new(TimeProvider.System);
        service.Add(new("mail", check));
        service.Start(_ => { }, _ => { });
        using CancellationTokenSource gone = new();
        DefaultHttpContext http = new() { RequestAborted = gone.Token };
        http.Request.Method = "GET";
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/mail";

        Task request = new HealthEndpoint(service).HandleAsync(http, prefix: "");
        request.IsCompleted.ShouldBeFalse();
        await gone.CancelAsync();

        await request.WaitAsync(Second(30), TestContext.Current.CancellationToken);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_client_that_goes_away_does_not_cancel_the_probe_that_others_share()
    {
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", check);
        RawConnection leaving = await RawConnection.OpenAsync(server.Port);
        await leaving.SendAsync("GET /mail HTTP/1.1\r\nHost: x\r\n\r\n");
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        Task<RawAnswer> staying = RawConnection.GetAsync(server.Port, "/mail");

        leaving.Dispose();
        check.Gate.SetResult();

        (await staying).Body.ShouldBe("OK");
    }
}
