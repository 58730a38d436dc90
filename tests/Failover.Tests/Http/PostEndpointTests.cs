using System.Text;

namespace Failover;

/// <summary>The POST row of the contract's HTTP table, in raw bytes, with a password file that htpasswd wrote.</summary>
public sealed class PostEndpointTests : IAsyncLifetime
{
    private readonly string passwords = Path.GetTempFileName();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private HealthCheckServer server = null!;

    public async ValueTask InitializeAsync()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "open sésame");
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        server = await ServerUnderTest.StartAsync(test =>
            test.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(passwords);
    }

    private static string Basic(string credentials) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n";

    private static string Alice => Basic("alice:open sésame");

    private Task<RawAnswer> PostAsync(string headers, string body = "", int? to = null) =>
        RawConnection.AskAsync(
            to ?? server.Port,
            $"POST /mail HTTP/1.1\r\nHost: localhost:{server.Port}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"
        );

    private async Task<string> GetAsync() => (await RawConnection.GetAsync(server.Port, "/mail")).Body;

    [Fact]
    public async Task A_latched_failure_is_reset_by_one_authorised_POST()
    {
        (await PostAsync(Alice)).Status.ShouldBe(409, "nothing has failed");
        (await GetAsync()).ShouldBe("FAIL");
        check.Sees = Ok;
        (await GetAsync()).ShouldBe("FAIL", "latched");

        RawAnswer answer = await PostAsync(Alice);

        answer.Head.ShouldStartWith("HTTP/1.1 200 OK");
        answer.Body.ShouldBe("Armed");
        (await GetAsync()).ShouldBe("OK");
        (await PostAsync(Alice)).Status.ShouldBe(409, "it has been reset");
    }

    [Fact]
    public async Task Of_many_authorised_POSTs_at_once_one_arms()
    {
        (await GetAsync()).ShouldBe("FAIL");

        RawAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(Alice)));

        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 409);
    }

    [Fact]
    public async Task A_user_that_a_reload_has_removed_while_the_body_arrives_is_refused()
    {
        (await GetAsync()).ShouldBe("FAIL");
        string others = Path.GetTempFileName();
        await Htpasswd.RunAsync("-cbB", "-C", "4", others, "bob", "secret");
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);
        await connection.SendAsync(
            $"POST /mail HTTP/1.1\r\nHost: localhost\r\n{Alice}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        );
        (await connection.ReadAnswerAsync()).Status.ShouldBe(100, "the body is awaited");

        Oneshot reset = new(auth: new HtpasswdFile(others));
        Authentication former = server.Service.Components.Single().OnPost!.Auth!;
        server.Service.Replace(
            [
                new("mail", new Toggle(toFail: check, toOk: reset), reset.Fire),
                new("backup", new HeartbeatCheck(every: Hour(1), auth: former)),
            ],
            Graph.NoNames
        );

        await connection.SendAsync("ok");
        (await connection.ReadAnswerAsync()).Status.ShouldBe(401);
        File.Delete(others);
    }

    public static TheoryData<string, string> BadCredentials =>
        new()
        {
            { "none", "" },
            { "wrong password", Basic("alice:wrong") },
            { "unknown user", Basic("bob:open sésame") },
            { "another scheme", "Authorization: Bearer abc\r\n" },
            { "no base64", "Authorization: Basic !!!\r\n" },
            { "no colon", Basic("alice") },
            { "empty", "Authorization: Basic \r\n" },
            { "not UTF-8", $"Authorization: Basic {Convert.ToBase64String([(byte)'a', (byte)':', 0xff, 0xfe])}\r\n" },
            { "bytes over 127 in the header", "Authorization: Basic \xff\xfe\r\n" },
            { "NUL in the password", Basic("alice:open sésame\0") },
            { "over 1 KiB", Basic("alice:" + new string('x', 2000)) },
            { "30 kB", Basic("alice:" + new string('x', 20_000)) },
            { "two of them", Alice + Alice },
        };

    [Theory]
    [MemberData(nameof(BadCredentials))]
    public async Task Bad_credentials_of_every_kind_get_the_same_401_and_fire_nothing(string kind, string headers)
    {
        (await GetAsync()).ShouldBe("FAIL");

        RawAnswer answer = await PostAsync(headers);

        answer.Status.ShouldBe(401, kind);
        answer["WWW-Authenticate"].ShouldBe("Basic realm=\"Failover\", charset=\"UTF-8\"");
        answer.Body.ShouldBe("Unauthorized");
        (await GetAsync()).ShouldBe("FAIL");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site\r\n", 403)]
    [InlineData("Sec-Fetch-Site: same-site\r\n", 403)]
    [InlineData("Sec-Fetch-Site: none\r\n", 403)]
    [InlineData("Origin: null\r\n", 403)]
    [InlineData("Origin: http://evil.example\r\n", 403)]
    [InlineData("Cookie: a=b\r\n", 403)]
    [InlineData("Sec-Fetch-Site: same-origin\r\n", 200)]
    [InlineData("", 200)]
    public async Task A_POST_from_another_site_is_refused_before_its_password(string headers, int status)
    {
        (await GetAsync()).ShouldBe("FAIL");
        check.Sees = Ok;

        (await PostAsync(headers + Alice)).Status.ShouldBe(status);

        (await GetAsync()).ShouldBe(status == 200 ? "OK" : "FAIL");
    }

    [Fact]
    public async Task A_POST_from_our_own_page_passes_by_its_origin()
    {
        (await GetAsync()).ShouldBe("FAIL");

        (await PostAsync($"Origin: http://localhost:{server.Port}\r\n{Alice}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_does_not_touch_GET()
    {
        (await GetAsync()).ShouldBe("FAIL");
        List<int> statuses = [];
        for (int i = 0; i < 20; i++)
        {
            statuses.Add((await PostAsync(Basic($"alice:guess{i}"))).Status);
        }

        statuses[0].ShouldBe(401);
        RawAnswer refused = await PostAsync(Alice);
        refused.Status.ShouldBe(429, "right or wrong, while too many have been tried with the name");
        refused["Retry-After"].ShouldNotBeNull();
        (await GetAsync()).ShouldBe("FAIL");
    }

    [Fact]
    public async Task Guessing_at_one_name_does_not_slow_down_others_at_the_same_address()
    {
        string[] others = [.. Enumerable.Range(0, 8).Select(number => $"other{number}")];
        foreach (string other in others)
        {
            await Htpasswd.RunAsync("-bB", "-C", "4", passwords, other, "secret");
        }

        int last = 0;
        for (int i = 0; last != 429; i++)
        {
            last = (await PostAsync(Basic($"alice:guess{i}"))).Status;
        }

        int gotIn = 0;
        foreach (string other in others)
        {
            gotIn += (await PostAsync(Basic($"{other}:secret"))).Status == 409 ? 1 : 0;
        }

        // The key is random: one of 64 names shares the guessed one's bucket. More than three of eight: once in 300,000 runs.
        gotIn.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_is_a_source_and_the_audit_names_it()
    {
        StringWriter output = new() { NewLine = "\n" };
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        await using (
            HealthCheckServer behind = new(port: 0, host: "127.0.0.1")
            {
                Output = output,
                TrustedProxies = ["127.0.0.0/8"],
            }
        )
        {
            behind.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire);
            await behind.StartAsync(TestContext.Current.CancellationToken);
            for (int i = 0; i < 12; i++)
            {
                await PostAsync(
                    $"X-Forwarded-For: 198.51.100.{i}, 203.0.113.7\r\n{Basic("alice:guess")}",
                    to: behind.Port
                );
            }

            (await PostAsync($"X-Forwarded-For: 203.0.113.7\r\n{Alice}", to: behind.Port)).Status.ShouldBe(429);
            (await PostAsync($"X-Forwarded-For: 203.0.113.8\r\n{Alice}", to: behind.Port)).Status.ShouldBe(409);
            (await PostAsync(Alice, to: behind.Port)).Status.ShouldBe(409, "the proxy itself");
            await behind.StopAsync(TestContext.Current.CancellationToken);
        }

        string log = output.ToString();
        log.ShouldContain("POST by alice from 203.0.113.7: unknown user or wrong password\n");
        log.ShouldContain("POST by alice from 203.0.113.8: Nothing to reset\n");
        log.ShouldNotContain("198.51.100.");
    }

    [Fact]
    public async Task From_anybody_who_is_no_trusted_proxy_forwarding_headers_mean_nothing()
    {
        for (int i = 0; i < 12; i++)
        {
            await PostAsync($"X-Forwarded-For: 203.0.113.{i}\r\n{Basic("alice:guess")}");
        }

        (await PostAsync($"X-Forwarded-For: 203.0.113.99\r\n{Alice}")).Status.ShouldBe(429);
        (
            await PostAsync(
                $"X-Forwarded-Proto: https\r\nX-Forwarded-Host: up.example\r\nOrigin: https://up.example\r\n{Alice}"
            )
        ).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_password_file_that_is_bad_for_longer_than_its_grace_is_503_until_it_is_good_again()
    {
        ManualTime time = new();
        Oneshot reset = new(auth: new HtpasswdFile(passwords));
        await using HealthCheckServer timed = new(port: 0, host: "127.0.0.1", time) { Output = TextWriter.Null };
        timed.AddComponent("mail", new Toggle(toFail: check, toOk: reset), onPost: reset.Fire);
        await timed.StartAsync(TestContext.Current.CancellationToken);
        (await RawConnection.GetAsync(timed.Port, "/mail")).Body.ShouldBe("FAIL");
        string good = await File.ReadAllTextAsync(passwords, TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(passwords, "alice:plain", TestContext.Current.CancellationToken);
        (await PostAsync(Basic("alice:plain"), to: timed.Port)).Status.ShouldBe(401, "the last good reading counts");
        time.Advance(Second(5));
        RawAnswer refused = await PostAsync(Alice, to: timed.Port);
        refused.Status.ShouldBe(503);
        refused.Body.ShouldBe("Unavailable");
        (await RawConnection.GetAsync(timed.Port, "/mail")).Body.ShouldBe("FAIL");

        await File.WriteAllTextAsync(passwords, good, TestContext.Current.CancellationToken);
        (await PostAsync(Alice, to: timed.Port)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Credentials_beyond_the_largest_head_are_refused_with_it_and_fire_nothing()
    {
        (await GetAsync()).ShouldBe("FAIL");

        (await PostAsync(Basic("alice:" + new string('x', 40_000)))).Status.ShouldBe(431);

        (await GetAsync()).ShouldBe("FAIL");
    }

    [Fact]
    public async Task Body_limits_hold_and_a_refused_body_fires_nothing()
    {
        (await GetAsync()).ShouldBe("FAIL");

        (await PostAsync(Alice, new string('x', 4097))).Status.ShouldBe(413);
        (await GetAsync()).ShouldBe("FAIL");

        (await PostAsync(Alice, new string('x', 4096))).Status.ShouldBe(200);
    }

    public static TheoryData<string, string> Smuggling =>
        new()
        {
            { "both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
            { "both lengths, other order", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" },
            { "two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello" },
            { "negative length", "Content-Length: -5\r\n\r\n" },
            { "chunked is not last", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
            { "unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
            { "chunk size that is none", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n" },
            { "chunk longer than said", "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n" },
        };

    [Theory]
    [MemberData(nameof(Smuggling))]
    public async Task A_body_whose_end_is_in_doubt_is_refused_closed_and_fires_nothing(string kind, string rest)
    {
        (await GetAsync()).ShouldBe("FAIL");
        check.Sees = Ok;
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync($"POST /mail HTTP/1.1\r\nHost: localhost\r\n{Alice}{rest}");

        (await connection.ReadAnswerAsync()).Status.ShouldBe(400, kind);
        (await connection.IsClosedAsync()).ShouldBeTrue();
        (await GetAsync()).ShouldBe("FAIL");
    }

    [Fact]
    public async Task A_length_with_a_sign_is_the_length_for_what_follows_as_well()
    {
        (await GetAsync()).ShouldBe("FAIL");
        string hidden = $"POST /mail HTTP/1.1\r\nHost: localhost\r\n{Alice}Content-Length: 0\r\n\r\n";
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync(
            $"GET /mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: +{hidden.Length}\r\n\r\n{hidden}GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );

        (await connection.ReadAnswerAsync()).Body.ShouldBe("FAIL");
        (await connection.ReadAnswerAsync()).Body.ShouldBe("FAIL", "the body was no request");
    }

    [Fact]
    public async Task A_request_hidden_in_the_body_of_another_is_no_request()
    {
        (await GetAsync()).ShouldBe("FAIL");
        check.Sees = Ok;
        string hidden = $"POST /mail HTTP/1.1\r\nHost: localhost\r\n{Alice}Content-Length: 0\r\n\r\n";
        using RawConnection connection = await RawConnection.OpenAsync(server.Port);

        await connection.SendAsync(
            $"GET /mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: {hidden.Length}\r\n\r\n{hidden}GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );

        (await connection.ReadAnswerAsync()).Body.ShouldBe("FAIL");
        (await connection.ReadAnswerAsync()).Body.ShouldBe("FAIL", "the second answer is the second request's");
    }

    [Fact]
    public async Task Other_methods_are_reported_that_POST_is_one()
    {
        RawAnswer answer = await RawConnection.AskAsync(
            server.Port,
            "PUT /mail HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        );

        answer.Status.ShouldBe(405);
        answer["Allow"].ShouldBe("GET, HEAD, OPTIONS, POST");
    }
}
