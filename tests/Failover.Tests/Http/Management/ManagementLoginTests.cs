using System.Text.Json;

namespace Failover;

/// <summary>Who may do what over the management API.</summary>
public sealed class ManagementLoginTests
{
    [Theory]
    [InlineData("nobody", 401, 401, 200)]
    [InlineData("a user who may view", 200, 403, 200)]
    [InlineData("a user who may operate", 200, 200, 200)]
    [InlineData("a token that may view", 200, 403, 200)]
    [InlineData("a token that may operate", 200, 200, 200)]
    [InlineData("a session of a user who may view", 200, 403, 200)]
    [InlineData("a session of a user who may operate", 200, 403, 200)]
    [InlineData("a wrong password", 401, 401, 200)]
    [InlineData("an unknown user", 401, 401, 200)]
    [InlineData("a wrong token", 401, 401, 200)]
    [InlineData("an unknown session", 401, 401, 200)]
    [InlineData("no base64", 401, 401, 200)]
    [InlineData("two of them", 401, 401, 200)]
    public async Task Each_endpoint_says_who_may(string who, int view, int operate, int none)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string headers = who switch
        {
            "nobody" => "",
            "a user who may view" => ManagementUnderTest.Basic("alice"),
            "a user who may operate" => ManagementUnderTest.Basic("bob"),
            "a token that may view" => ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken),
            "a token that may operate" => ManagementUnderTest.Bearer(ManagementUnderTest.OperateToken),
            "a session of a user who may view" => ManagementUnderTest.Bearer(await test.LogInAsync()),
            "a session of a user who may operate" => ManagementUnderTest.Bearer(await test.LogInAsync("bob")),
            "a wrong password" => ManagementUnderTest.Basic("alice", "wrong"),
            "an unknown user" => ManagementUnderTest.Basic("carol"),
            "a wrong token" => ManagementUnderTest.Bearer("0123456789"),
            "an unknown session" => ManagementUnderTest.Bearer($"{ManagementSessions.Prefix}0123456789"),
            "no base64" => "Authorization: Basic !!!\r\n",
            _ => ManagementUnderTest.Basic("alice") + ManagementUnderTest.Basic("alice"),
        };

        RawAnswer read = await test.GetAsync("status", headers);
        RawAnswer changed = await test.SendAsync("PUT", "things/x", headers, "{}");

        (read.Status, changed.Status).ShouldBe((view, operate));
        (await test.GetAsync("openapi.json", headers)).Status.ShouldBe(none);
        test.Changes.ShouldBe(operate == 200 ? ["x: {}"] : []);
        foreach (RawAnswer refused in new[] { read, changed }.Where(answer => answer.Status != 200))
        {
            refused["Content-Type"].ShouldBe("application/problem+json");
            (refused["WWW-Authenticate"] is not null).ShouldBe(refused.Status == 401);
            refused["Cache-Control"].ShouldBe("no-store");
        }
    }

    [Fact]
    public async Task Without_view_whoever_connects_may_view_and_no_more()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
            one.Access = one.Access with { View = null }
        );

        (await test.GetAsync("status")).Status.ShouldBe(200);
        (await test.SendAsync("PUT", "things/x", "")).Status.ShouldBe(401);
        (await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("bob"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Without_operate_nobody_may_operate()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
            one.Access = new(one.Access.View)
        );

        (await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("alice"))).Status.ShouldBe(403);
        (await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("bob"))).Status.ShouldBe(403);
        (
            await test.SendAsync("PUT", "things/x", ManagementUnderTest.Bearer(ManagementUnderTest.OperateToken))
        ).Status.ShouldBe(403);
        test.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_any_file_there_is_nothing_to_log_in_to()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
            one.Access = ManagementAccess.Open
        );

        (await test.SendAsync("POST", "session", ManagementUnderTest.Basic("alice"))).Status.ShouldBe(404);
        (await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("bob"))).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Sec-Fetch-Site: same-origin\r\n", true)]
    [InlineData("Origin: http://localhost:{port}\r\n", true)]
    [InlineData("Sec-Fetch-Site: none\r\n", false)]
    [InlineData("Sec-Fetch-Site: same-site\r\n", false)]
    [InlineData("Sec-Fetch-Site: cross-site\r\n", false)]
    [InlineData("Origin: null\r\n", false)]
    [InlineData("Origin: http://evil.example\r\n", false)]
    [InlineData("Origin: http://localhost:1\r\n", false)]
    [InlineData("Cookie: a=b\r\n", false)]
    public async Task What_changes_something_does_not_come_from_another_site(string headers, bool isLetIn)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string all =
            ManagementUnderTest.Basic("bob")
            + headers.Replace("{port}", $"{test.Port}", StringComparison.Ordinal)
            + "If-Match: \"1\"\r\n";

        foreach ((string method, string path, int done) in Changes)
        {
            RawAnswer answer = await test.SendAsync(method, path, all);
            answer.Status.ShouldBe(isLetIn ? done : 403, $"{method} {path}");
            answer["Access-Control-Allow-Origin"].ShouldBeNull();
        }

        test.Changes.Count.ShouldBe(isLetIn ? 3 : 0);
        (await test.GetAsync("status", all)).Status.ShouldBe(
            200,
            "what changes nothing may be read: no page gets at the answer"
        );
    }

    private static (string Method, string Path, int Done)[] Changes =>
        [("POST", "session", 201), ("PUT", "things/x", 200), ("DELETE", "things/x", 200), ("PUT", "fenced/x", 200)];

    [Fact]
    public async Task A_page_of_another_site_gets_no_leave_to_send_anything()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await test.SendAsync(
            "OPTIONS",
            "things/x",
            "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n"
        );

        answer.Status.ShouldBe(405);
        answer["Allow"].ShouldBe("PUT, DELETE");
        answer["Access-Control-Allow-Origin"].ShouldBeNull();
        answer["Access-Control-Allow-Methods"].ShouldBeNull();
    }

    [Fact]
    public async Task A_change_that_is_fenced_says_for_which_version_it_is_meant()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        (await test.SendAsync("PUT", "fenced/x", "")).Status.ShouldBe(401, "who may not learns nothing of versions");
        RawAnswer missing = await test.SendAsync("PUT", "fenced/x", ManagementUnderTest.Basic("bob"));
        missing.Status.ShouldBe(428);
        missing.Body.ShouldContain("If-Match is missing");
        (
            await test.SendAsync("PUT", "fenced/x", ManagementUnderTest.Basic("bob") + "If-Match: \"1\"\r\n")
        ).Status.ShouldBe(200);
        test.Changes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_changed_and_refused_is_in_the_audit_with_who_it_was()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer done = await test.SendAsync("PUT", "things/eu/a%20b", ManagementUnderTest.Basic("bob"), "{}");
        await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("alice"));
        await test.SendAsync("PUT", "things/x", ManagementUnderTest.Bearer(ManagementUnderTest.OperateToken));
        await test.SendAsync("PUT", "things/none", ManagementUnderTest.Basic("bob"));
        await test.LogInAsync();

        done.Body.ShouldBe("{\"outcome\":\"Noted\"}");
        List<PostAudit> audit = [];
        await foreach (
            RingEntry entry in test.Service.Engine.Events.FollowAsync(0, TestContext.Current.CancellationToken)
        )
        {
            audit.Add((PostAudit)entry.Event);
            if (audit.Count == 4)
            {
                break;
            }
        }

        audit.ShouldBe([
            new("-/api/v1/things/eu/a b", "bob", "127.0.0.1", "Noted"),
            new("-/api/v1/things/x", "alice", "127.0.0.1", "may view only"),
            new("-/api/v1/things/x", "token deploy", "127.0.0.1", "Noted"),
            new("-/api/v1/session", "alice", "127.0.0.1", "Logged in"),
        ]);
    }

    [Theory]
    [InlineData("Remote-User: carol\r\n", 200, 401)]
    [InlineData("Remote-User: \r\n", 401, 401)]
    [InlineData("Remote-User: carol\r\nRemote-User: dave\r\n", 401, 401)]
    [InlineData("X-Remote-User: carol\r\n", 401, 401)]
    [InlineData("Remote-User: carol\r\n{bob}", 200, 200)]
    [InlineData("Remote-User: carol\r\n{wrong}", 200, 401)]
    public async Task Whom_a_trusted_proxy_names_may_view(string headers, int view, int operate)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
        {
            one.Access = one.Access with { UserHeader = "Remote-User" };
            one.Service.TrustedProxies = TrustedProxySet.Parse(["127.0.0.1"], "proxies");
        });
        headers = headers
            .Replace("{bob}", ManagementUnderTest.Basic("bob"), StringComparison.Ordinal)
            .Replace("{wrong}", ManagementUnderTest.Basic("bob", "wrong"), StringComparison.Ordinal);

        (await test.GetAsync("status", headers)).Status.ShouldBe(view);
        (await test.SendAsync("PUT", "things/x", headers)).Status.ShouldBe(operate);
        (await test.SendAsync("POST", "session", "Remote-User: carol\r\n")).Status.ShouldBe(
            401,
            "a password is needed"
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whom_anybody_else_names_is_nobody(bool isNamed)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
        {
            one.Access = one.Access with { UserHeader = isNamed ? "Remote-User" : null };
            one.Service.TrustedProxies = TrustedProxySet.Parse([isNamed ? "192.0.2.1" : "127.0.0.1"], "proxies");
        });

        (await test.GetAsync("status", "Remote-User: carol\r\n")).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("basic")]
    [InlineData("bearer")]
    public async Task Guesses_are_paced_and_sessions_are_not(string how)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string session = ManagementUnderTest.Bearer(await test.LogInAsync());
        string wrong =
            how == "basic" ? ManagementUnderTest.Basic("alice", "wrong") : ManagementUnderTest.Bearer("0123456789");
        string right =
            how == "basic"
                ? ManagementUnderTest.Basic("alice")
                : ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken);

        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            (await test.GetAsync("status", wrong)).Status.ShouldBe(401);
        }

        RawAnswer answer = await test.GetAsync("status", right);
        answer.Status.ShouldBe(429);
        answer["Retry-After"].ShouldBe("6");
        (await test.GetAsync("status", session)).Status.ShouldBe(200);
        test.Time.Advance(LoginLimiter.OneMoreEvery);
        (await test.GetAsync("status", right)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_session_that_is_over_is_no_guess()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string over = ManagementUnderTest.Bearer($"{ManagementSessions.Prefix}0123456789");
        for (int i = 0; i < LoginLimiter.AtOnceInAll + 1; i++)
        {
            (await test.GetAsync("status", over)).Status.ShouldBe(401);
        }

        (await test.GetAsync("status", ManagementUnderTest.Basic("alice"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_password_file_that_is_bad_lets_nobody_in_and_keeps_no_other_one_from_it()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(one =>
            File.WriteAllText(one.ViewFile, "no users")
        );

        (await test.GetAsync("status", ManagementUnderTest.Basic("alice"))).Status.ShouldBe(503);
        (await test.GetAsync("status", ManagementUnderTest.Basic("bob"))).Status.ShouldBe(200);
        (await test.SendAsync("PUT", "things/x", ManagementUnderTest.Basic("bob"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_body_that_is_too_large_changes_nothing()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await test.SendAsync(
            "PUT",
            "things/x",
            ManagementUnderTest.Basic("bob"),
            new string('x', PostRequest.LongestBody + 1)
        );

        answer.Status.ShouldBe(413);
        answer["Content-Type"].ShouldBe("application/problem+json");
        JsonSerializer
            .Deserialize(answer.Body, ManagementJson.Default.ProblemDocument)!
            .Instance.ShouldBe("/-/api/v1/things/x");
        test.Changes.ShouldBeEmpty();
    }
}
