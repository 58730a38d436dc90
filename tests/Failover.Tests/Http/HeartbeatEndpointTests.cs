using System.Text;

namespace Failover;

/// <summary>Beats over HTTP, in raw bytes, with a password file that htpasswd wrote and with a token.</summary>
public sealed class HeartbeatEndpointTests : IAsyncLifetime
{
    private const string Token = "2b7e151628aed2a6abf71589";

    private readonly string passwords = Path.GetTempFileName();
    private readonly ManualTime time = new();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private HealthCheckServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "open sésame");
        server = new(port: 0, host: "127.0.0.1", time) { Output = output };
        HtpasswdFile users = new(passwords);
        server.AddComponent("backup", new HeartbeatCheck(every: Hour(1), grace: Minute(5), users));
        server.AddComponent("db/dump", new HeartbeatCheck(every: Hour(1), token: Token));
        server.AddComponent("both", new HeartbeatCheck(every: Hour(1), auth: users, token: Token, name: "either.way"));
        await server.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(passwords);
    }

    private static string Basic(string credentials) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n";

    private static string Alice => Basic("alice:open sésame");

    private static string Bearer(string token = Token) => $"Authorization: Bearer {token}\r\n";

    private Task<RawAnswer> PostAsync(string name, string headers, string body = "") =>
        RawConnection.AskAsync(
            server.Port,
            $"POST /-/heartbeat/{name} HTTP/1.1\r\nHost: localhost:{server.Port}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"
        );

    private async Task<string> GetAsync(string component) =>
        (await RawConnection.GetAsync(server.Port, $"/{component}")).Body;

    [Fact]
    public async Task A_user_or_a_token_reports_and_silence_is_a_fail()
    {
        (await GetAsync("backup")).ShouldBe("OK", "nobody has had the time to report");
        time.Advance(Minute(66));
        (await GetAsync("backup")).ShouldBe("FAIL");
        (await GetAsync("db/dump")).ShouldBe("FAIL");

        RawAnswer answer = await PostAsync("backup", Alice);
        answer.Head.ShouldStartWith("HTTP/1.1 200 OK");
        answer.Body.ShouldBe("Noted");
        (await GetAsync("backup")).ShouldBe("OK");
        (await GetAsync("db/dump")).ShouldBe("FAIL", "that is another one");
        (await PostAsync("db/dump", Bearer(), "ok 3 GB")).Status.ShouldBe(200);
        (await GetAsync("db/dump")).ShouldBe("OK");
        (await PostAsync("db%2Fdump", Bearer())).Status.ShouldBe(200, "decoded once, as every path");
    }

    [Fact]
    public async Task The_body_says_what_the_state_is_and_why()
    {
        (await PostAsync("backup", Alice, "fail some text")).Status.ShouldBe(200);
        (await GetAsync("backup")).ShouldBe("FAIL");
        (await PostAsync("backup", Alice, "error could not tell")).Status.ShouldBe(200);
        (await GetAsync("backup")).ShouldBe("ERROR");
        (await PostAsync("backup", Alice, "warning slow")).Status.ShouldBe(200);
        (await GetAsync("backup")).ShouldBe("OK");

        RawAnswer refused = await PostAsync("backup", Alice, "backup done");
        refused.Status.ShouldBe(400);
        refused.Body.ShouldBe(
            "the body begins with \"backup\"; accepted: nothing, or ok, warning, fail or error, and a text after it"
        );
        await server.StopAsync(Cancel);
        output.ToString().ShouldContain("/backup ok -> fail: some text\n");
    }

    public static TheoryData<string, string, string[]> Refused =>
        new()
        {
            { "backup", "", ["Basic realm=\"Failover\", charset=\"UTF-8\""] },
            { "backup", Basic("alice:wrong"), ["Basic realm=\"Failover\", charset=\"UTF-8\""] },
            { "backup", Bearer(), ["Basic realm=\"Failover\", charset=\"UTF-8\""] },
            { "db/dump", "", ["Bearer realm=\"Failover\""] },
            { "db/dump", Bearer("2b7e151628aed2a6abf71588"), ["Bearer realm=\"Failover\""] },
            { "db/dump", Bearer("2b7e151628aed2a6abf715890"), ["Bearer realm=\"Failover\""] },
            { "db/dump", Bearer(""), ["Bearer realm=\"Failover\""] },
            { "db/dump", Alice, ["Bearer realm=\"Failover\""] },
            { "db/dump", Bearer() + Bearer(), ["Bearer realm=\"Failover\""] },
            {
                "either.way",
                Bearer("wrong-token"),
                ["Basic realm=\"Failover\", charset=\"UTF-8\"", "Bearer realm=\"Failover\""]
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Whoever_may_not_gets_401_and_beats_nothing(string name, string headers, string[] challenges)
    {
        time.Advance(Hour(2));

        RawAnswer answer = await PostAsync(name, headers);

        answer.Status.ShouldBe(401);
        answer
            .Head.Split("\r\n")
            .Where(line => line.StartsWith("WWW-Authenticate: ", StringComparison.OrdinalIgnoreCase))
            .Select(line => line["WWW-Authenticate: ".Length..])
            .ShouldBe(challenges);
        (await GetAsync(name == "either.way" ? "both" : name)).ShouldBe("FAIL");
    }

    [Fact]
    public async Task Where_both_are_given_either_passes()
    {
        (await PostAsync("either.way", Alice)).Status.ShouldBe(200);
        (await PostAsync("either.way", Bearer())).Status.ShouldBe(200);
        (await PostAsync("both", Bearer())).Status.ShouldBe(404, "it has a name of its own");
    }

    [Theory]
    [InlineData("GET /-/heartbeat/backup")]
    [InlineData("HEAD /-/heartbeat/backup")]
    [InlineData("OPTIONS /-/heartbeat/backup")]
    [InlineData("PUT /-/heartbeat/db%2fdump")]
    public async Task Any_other_method_is_405(string request)
    {
        RawAnswer answer = await RawConnection.AskAsync(
            server.Port,
            $"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        );

        answer.Status.ShouldBe(405);
        answer["Allow"].ShouldBe("POST");
    }

    [Theory]
    [InlineData("nightly")]
    [InlineData("Backup")]
    [InlineData("backup/")]
    [InlineData("/backup")]
    [InlineData("")]
    [InlineData("x/../backup")]
    public async Task An_unknown_name_is_404_whoever_asks(string name) =>
        (await PostAsync(name, Alice)).Status.ShouldBe(404);

    [Theory]
    [InlineData("/backup")]
    [InlineData("/-/heartbeat")]
    [InlineData("/heartbeat/backup")]
    public async Task A_POST_elsewhere_is_no_beat(string path)
    {
        time.Advance(Hour(2));

        (
            await RawConnection.AskAsync(
                server.Port,
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{Alice}Content-Length: 0\r\n\r\n"
            )
        ).Status.ShouldBe(path == "/backup" ? 405 : 404);
        (await GetAsync("backup")).ShouldBe("FAIL");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site\r\n")]
    [InlineData("Origin: http://evil.example\r\n")]
    [InlineData("Cookie: a=b\r\n")]
    public async Task A_POST_from_another_site_is_refused_before_its_secret(string header)
    {
        time.Advance(Hour(2));

        (await PostAsync("db/dump", header + Bearer())).Status.ShouldBe(403);
        (await PostAsync("db/dump", header + Bearer("wrong-token"))).Status.ShouldBe(403);
        (await GetAsync("db/dump")).ShouldBe("FAIL");
    }

    [Fact]
    public async Task A_reload_while_a_body_arrives_applies_to_that_POST()
    {
        (await ReloadedMeanwhileAsync(("db/dump", new HeartbeatCheck(Hour(1), token: "another-token")))).ShouldBe(401);
        (await ReloadedMeanwhileAsync(("db/dump", new HeartbeatCheck(Hour(1), token: Token)))).ShouldBe(401);
        (await ReloadedMeanwhileAsync(("db/dump", new HeartbeatCheck(Hour(1), token: Token)))).ShouldBe(200);
        (await ReloadedMeanwhileAsync(("other", new HeartbeatCheck(Hour(1), token: Token)))).ShouldBe(404);

        async Task<int> ReloadedMeanwhileAsync((string Name, HealthTask Task) component)
        {
            string token = ((HeartbeatCheck)server.Service.Components.Last().Description.Task).Token!;
            using RawConnection connection = await RawConnection.OpenAsync(server.Port);
            await connection.SendAsync(
                $"POST /-/heartbeat/db/dump HTTP/1.1\r\nHost: localhost\r\n{Bearer(token)}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            );
            (await connection.ReadAnswerAsync()).Status.ShouldBe(100, "the body is awaited");

            server.Service.Replace([new(component.Name, component.Task)], Graph.NoNames);

            await connection.SendAsync("ok");
            return (await connection.ReadAnswerAsync()).Status;
        }
    }

    [Fact]
    public async Task Guessing_a_token_is_slowed_down()
    {
        int last = 0;
        for (int i = 0; i < 11; i++)
        {
            last = (await PostAsync("db/dump", Bearer($"wrong-token-{i}"))).Status;
        }

        last.ShouldBe(429);
        RawAnswer refused = await PostAsync("db/dump", Bearer());
        refused.Status.ShouldBe(429, "right or wrong");
        refused["Retry-After"].ShouldNotBeNull();
        time.Advance(Second(7));
        (await PostAsync("db/dump", Bearer())).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_log_has_who_changed_something_and_who_was_turned_away_and_no_secret()
    {
        await PostAsync("db/dump", Bearer());
        await PostAsync("db/dump", Bearer(), "fail disk full");
        await PostAsync("db/dump", Bearer(), "fail disk full");
        await PostAsync("db/dump", Bearer("wrong-token"));
        await PostAsync("backup", Basic("alice:wrong"));
        await server.StopAsync(Cancel);

        string log = output.ToString();
        log.Split('\n').Count(line => line.Contains("POST by a bearer token from 127.0.0.1: Noted")).ShouldBe(1);
        log.ShouldContain("/-/heartbeat/db/dump POST by nobody from 127.0.0.1: wrong token\n");
        log.ShouldContain("/-/heartbeat/backup POST by alice from 127.0.0.1: unknown user or wrong password\n");
        log.ShouldNotContain(Token);
        log.ShouldNotContain("wrong-token");
    }

    [Theory]
    [InlineData(4096, 400)]
    [InlineData(4097, 413)]
    public async Task A_body_may_be_4_KiB(int length, int status) =>
        (await PostAsync("db/dump", Bearer(), new string('x', length))).Status.ShouldBe(status);

    [Fact]
    public void Two_of_one_name_are_refused_and_so_is_one_that_nobody_may_beat()
    {
        HealthCheckServer other = new(port: 0);
        other.AddComponent("a", new HeartbeatCheck(Hour(1), token: Token, name: "b"));

        Should
            .Throw<ArgumentException>(() => other.AddComponent("b", new HeartbeatCheck(Hour(1), token: Token)))
            .Message.ShouldStartWith("two heartbeats are called \"b\"; accepted: a name of its own for each");
        Should
            .Throw<ArgumentException>(() => other.AddComponent("c", new HeartbeatCheck(Hour(1))))
            .Message.ShouldStartWith(
                "the heartbeat of \"c\" has neither auth nor token: nobody could report; accepted: auth, token or both"
            );
    }
}
