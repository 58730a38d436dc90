using System.Text.Json;

namespace Failover;

/// <summary>Sessions: what a page holds instead of a password.</summary>
public sealed class SessionEndpointTests
{
    [Fact]
    public async Task A_user_who_logs_in_gets_a_token_that_may_view_for_12_hours()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await test.SendAsync("POST", "session", ManagementUnderTest.Basic("bob"));

        answer.Status.ShouldBe(201);
        answer["Cache-Control"].ShouldBe("no-store");
        answer["Set-Cookie"].ShouldBeNull();
        SessionDocument session = JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.SessionDocument)!;
        (session.User, session.Role, session.Expires).ShouldBe(("bob", "view", test.Time.GetUtcNow() + Hour(12)));
        session.Token.Length.ShouldBe(ManagementSessions.Prefix.Length + 43, "256 bits");
        $"{session}".ShouldNotContain(session.Token);

        string headers = ManagementUnderTest.Bearer(session.Token);
        test.Time.Leap(Hour(12) - Second(1));
        (await test.GetAsync("status", headers)).Status.ShouldBe(200);
        test.Time.Leap(Second(1));
        (await test.GetAsync("status", headers)).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer view-0123456789abcdef\r\n")]
    [InlineData("{session}")]
    public async Task Only_a_password_opens_one(string headers)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string session = ManagementUnderTest.Bearer(await test.LogInAsync());

        (
            await test.SendAsync("POST", "session", headers.Replace("{session}", session, StringComparison.Ordinal))
        ).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Who_logs_out_ends_it_and_no_other()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string ended = ManagementUnderTest.Bearer(await test.LogInAsync());
        string other = ManagementUnderTest.Bearer(await test.LogInAsync());

        RawAnswer answer = await test.SendAsync("DELETE", "session", ended);

        (answer.Status, answer.Body).ShouldBe((200, "{\"outcome\":\"Logged out\"}"));
        (await test.GetAsync("status", ended)).Status.ShouldBe(401);
        (await test.GetAsync("status", other)).Status.ShouldBe(200);
        (
            await test.SendAsync("DELETE", "session", ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken))
        ).Status.ShouldBe(409, "a token of the configuration is no session");
    }

    [Theory]
    [InlineData("the user is removed")]
    [InlineData("the password is changed")]
    [InlineData("the file is no longer named")]
    public async Task It_ends_when(string what)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string headers = ManagementUnderTest.Bearer(await test.LogInAsync());
        (await test.GetAsync("status", headers)).Status.ShouldBe(200);

        switch (what)
        {
            case "the user is removed":
                await WriteAsync("carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
                break;
            case "the password is changed":
                await WriteAsync("alice:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n");
                break;
            default:
                test.Access = test.Access with { View = test.Access.Operate };
                break;
        }

        (await test.GetAsync("status", headers)).Status.ShouldBe(401);

        // A log-in reads the file anew, as the watch does once a second.
        async Task WriteAsync(string users)
        {
            await File.WriteAllTextAsync(test.ViewFile, users, TestContext.Current.CancellationToken);
            await test.GetAsync("status", ManagementUnderTest.Basic("alice", "wrong"));
        }
    }

    [Fact]
    public async Task It_does_not_outlive_the_process()
    {
        string token;
        await using (ManagementUnderTest first = await ManagementUnderTest.StartAsync())
        {
            token = await first.LogInAsync();
        }

        await using ManagementUnderTest second = await ManagementUnderTest.StartAsync();
        (await second.GetAsync("status", ManagementUnderTest.Bearer(token))).Status.ShouldBe(401);
    }

    [Fact]
    public void More_than_are_kept_end_the_oldest()
    {
        ManualTime time = new();
        ManagementSessions sessions = new(time);
        string[] tokens =
        [
            .. Enumerable
                .Range(0, ManagementSessions.Most + 1)
                .Select(number => sessions.Open($"user{number}", new HtpasswdFile("/users"), "hash")),
        ];

        sessions.Find(tokens[0]).ShouldBeNull();
        sessions.Find(tokens[1])!.User.ShouldBe("user1");
        sessions.Find(tokens[^1])!.User.ShouldBe($"user{ManagementSessions.Most}");
        tokens.Distinct().Count().ShouldBe(tokens.Length);
        time.Leap(ManagementSessions.Lifetime);
        sessions.Open("last", new HtpasswdFile("/users"), "hash");
        sessions.Find(tokens[^1]).ShouldBeNull();
    }
}
