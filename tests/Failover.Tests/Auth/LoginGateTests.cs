using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Failover;

public sealed class LoginGateTests : IDisposable
{
    private const string Right = "alice:secret";
    private const string Wrong = "alice:guess";

    private readonly ManualTime time = new();
    private readonly PasswordDirectory directory = new();
    private readonly HeldHasher hasher = new();
    private readonly PasswordFile users;
    private readonly LoginGate gate;

    public LoginGateTests()
    {
        users = directory.Write(PasswordDirectory.Alice).Open(time, hasher.Hash);
        gate = new(new LoginLimiter(time, key: new byte[32]));
    }

    public void Dispose()
    {
        users.Dispose();
        hasher.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Right_credentials_pass_and_name_the_user()
    {
        LoginVerdict verdict = await JudgeAsync(Right);
        verdict.ShouldBe(new(LoginOutcome.Passed, "alice", "logged in"));
    }

    [Fact]
    public void The_challenge_is_what_RFC_7617_wants() =>
        LoginGate.Challenge.ShouldBe("Basic realm=\"Failover\", charset=\"UTF-8\"");

    // Rows: no header, malformed, not UTF-8, without colon, 1 MB, wrong password, unknown user. All the same to the client.
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("Basic ?", null, 0)]
    [InlineData("Basic YTr/", null, 0)]
    [InlineData("Basic YWxpY2U=", null, 0)]
    [InlineData("1 MB", null, 0)]
    [InlineData("Basic YWxpY2U6Z3Vlc3M=", "alice", 1)]
    [InlineData("Basic Ym9iOnNlY3JldA==", "bob", 1)]
    public async Task Without_right_credentials_a_post_is_challenged(string? header, string? user, int hashed)
    {
        int before = hasher.Count;
        StringValues authorization = header is "1 MB" ? "Basic " + new string('A', 1_000_000) : header;
        LoginVerdict verdict = await JudgeAsync(Request(authorization));
        verdict.Outcome.ShouldBe(LoginOutcome.Challenge);
        verdict.User.ShouldBe(user);
        verdict.RetryAfter.ShouldBeNull();
        hasher.Count.ShouldBe(before + hashed);
    }

    [Fact]
    public async Task Another_sites_post_is_refused_before_its_password_is_looked_at()
    {
        int before = hasher.Count;
        for (int i = 0; i < 20; i++)
        {
            LoginVerdict verdict = await JudgeAsync(Request(Basic(Right), secFetchSite: "cross-site"));
            verdict.ShouldBe(new(LoginOutcome.CrossSite, null, "cross-site"));
        }

        hasher.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Another_sites_post_is_refused_as_such_even_from_a_source_over_its_limit()
    {
        await GuessAsync(10);
        LoginVerdict verdict = await JudgeAsync(Request(Basic(Right), secFetchSite: "cross-site"));
        verdict.Outcome.ShouldBe(LoginOutcome.CrossSite);
    }

    [Fact]
    public async Task Right_credentials_do_not_end_a_sources_penalty_but_time_does()
    {
        await GuessAsync(10);
        int before = hasher.Count;
        LoginVerdict refused = await JudgeAsync(Right);
        refused.ShouldBe(new(LoginOutcome.TooMany, "alice", "too many failed log-ins", Second(6)));
        hasher.Count.ShouldBe(before);
        time.Advance(Second(6));
        (await JudgeAsync(Right)).Outcome.ShouldBe(LoginOutcome.Passed);
        (await JudgeAsync(Right)).Outcome.ShouldBe(LoginOutcome.Passed);
    }

    [Fact]
    public async Task Guesses_at_another_name_from_the_same_address_lock_nobody_out()
    {
        new LoginLimiter(time, key: new byte[32])
            .BucketOf("alice")
            .ShouldNotBe(new LoginLimiter(time, key: new byte[32]).BucketOf("bob"), "choose another name");
        for (int i = 0; i < 100; i++)
        {
            LoginOutcome guess = (await JudgeAsync("bob:guess")).Outcome;
            guess.ShouldBe(i < 10 ? LoginOutcome.Challenge : LoginOutcome.TooMany);
            (await JudgeAsync(Right)).Outcome.ShouldBe(LoginOutcome.Passed);
        }
    }

    [Fact]
    public async Task Unknown_and_known_users_are_paced_alike()
    {
        foreach (string user in new[] { "alice", "nobody" })
        {
            LoginOutcome[] outcomes = new LoginOutcome[12];
            for (int i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = (await JudgeAsync($"{user}:guess")).Outcome;
            }

            outcomes.Count(outcome => outcome == LoginOutcome.Challenge).ShouldBe(10, user);
            outcomes[10..].ShouldAllBe(outcome => outcome == LoginOutcome.TooMany);
        }
    }

    [Fact]
    public async Task Trying_many_names_is_bounded_for_each_source()
    {
        List<LoginOutcome> outcomes = [];
        for (int i = 0; i < 200; i++)
        {
            outcomes.Add((await JudgeAsync($"user{i}:guess")).Outcome);
        }

        outcomes.Count(outcome => outcome == LoginOutcome.Challenge).ShouldBe(40);
        LoginVerdict elsewhere = await JudgeAsync(Request(Basic(Right), source: "192.0.2.2"));
        elsewhere.Outcome.ShouldBe(LoginOutcome.Passed);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_source_that_has_logged_in_before_goes_before_a_full_queue_of_guesses()
    {
        (await JudgeAsync(Request(Basic(Right), source: "192.0.2.2"))).Outcome.ShouldBe(LoginOutcome.Passed);
        hasher.Hold();
        List<Task<LoginVerdict>> guesses = [JudgeAsync(Request(Basic(Wrong), source: "198.51.100.99"))];
        await hasher.WaitForCallAsync();
        for (int i = 0; i < LoginThread.LongestQueue; i++)
        {
            guesses.Add(JudgeAsync(Request(Basic(Wrong), source: $"198.51.100.{i}")));
        }

        Task<LoginVerdict> known = JudgeAsync(Request(Basic(Right), source: "192.0.2.2"));
        LoginVerdict stranger = await JudgeAsync(Request(Basic(Right), source: "203.0.113.1"));

        stranger.Reason.ShouldBe("too many log-ins wait");
        hasher.Release();
        (await known).Outcome.ShouldBe(LoginOutcome.Passed);
        LoginVerdict[] all = await Task.WhenAll(guesses);
        all.Count(verdict => verdict.Outcome == LoginOutcome.Unavailable)
            .ShouldBe(1, "it gave its place to the known one");
    }

    [Fact]
    public async Task Guesses_from_elsewhere_lock_nobody_out()
    {
        await GuessAsync(10);
        LoginVerdict verdict = await JudgeAsync(Request(Basic(Right), source: "192.0.2.2"));
        verdict.Outcome.ShouldBe(LoginOutcome.Passed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic ?")]
    public async Task Posts_without_a_guess_count_for_nothing(string header)
    {
        for (int i = 0; i < 30; i++)
        {
            (await JudgeAsync(Request(header))).Outcome.ShouldBe(LoginOutcome.Challenge);
        }
    }

    [Fact]
    public async Task Right_log_ins_count_for_nothing()
    {
        for (int i = 0; i < 30; i++)
        {
            (await JudgeAsync(Right)).Outcome.ShouldBe(LoginOutcome.Passed);
        }
    }

    [Fact]
    public async Task Without_a_usable_file_nobody_passes_and_nobody_is_blamed()
    {
        File.Delete(directory.File);
        (await JudgeAsync(Right)).Outcome.ShouldBe(LoginOutcome.Passed);
        time.Advance(Second(5));
        for (int i = 0; i < 30; i++)
        {
            LoginVerdict verdict = await JudgeAsync(Wrong);
            verdict.ShouldBe(new(LoginOutcome.Unavailable, "alice", "the password file is unusable"));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Behind_a_full_queue_a_log_in_is_asked_to_come_again()
    {
        Task<LoginVerdict>[] waiting = await FillQueueAsync();
        LoginVerdict verdict = await JudgeAsync(Right);
        verdict.ShouldBe(new(LoginOutcome.Unavailable, "alice", "too many log-ins wait", Second(1)));
        hasher.Release();
        (await Task.WhenAll(waiting)).ShouldAllBe(each => each.Outcome == LoginOutcome.Challenge);
    }

    [Fact(Timeout = 30_000)]
    public async Task Guessing_and_hanging_up_counts()
    {
        hasher.Hold();
        using CancellationTokenSource hungUp = new();
        List<Task<LoginVerdict>> guesses =
        [
            gate.JudgeAsync(Request(Basic(Wrong)), users, token: null, hungUp.Token).AsTask(),
        ];
        await hasher.WaitForCallAsync();
        for (int i = 1; i < 9; i++)
        {
            guesses.Add(gate.JudgeAsync(Request(Basic(Wrong)), users, token: null, hungUp.Token).AsTask());
        }

        await hungUp.CancelAsync();
        foreach (Task<LoginVerdict> guess in guesses)
        {
            await Should.ThrowAsync<OperationCanceledException>(guess);
        }

        hasher.Release();
        (await JudgeAsync(Wrong)).Outcome.ShouldBe(LoginOutcome.Challenge);
        (await JudgeAsync(Wrong)).Outcome.ShouldBe(LoginOutcome.TooMany);
    }

    [Fact]
    public async Task No_verdict_shows_a_password() =>
        $"{await JudgeAsync(Request(Basic(Right)))}".ShouldNotContain("secret");

    private async Task GuessAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            (await JudgeAsync(Wrong)).Outcome.ShouldBe(LoginOutcome.Challenge);
        }
    }

    private async Task<Task<LoginVerdict>[]> FillQueueAsync()
    {
        hasher.Hold();
        List<Task<LoginVerdict>> waiting = [JudgeAsync(Wrong)];
        await hasher.WaitForCallAsync();
        for (int i = 0; i < LoginThread.LongestQueue; i++)
        {
            waiting.Add(JudgeAsync($"user{i}:guess"));
        }

        return [.. waiting];
    }

    private Task<LoginVerdict> JudgeAsync(string pair) => JudgeAsync(Request(Basic(pair)));

    private Task<LoginVerdict> JudgeAsync(LoginRequest request) =>
        gate.JudgeAsync(request, users, token: null, TestContext.Current.CancellationToken).AsTask();

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static LoginRequest Request(
        StringValues authorization,
        StringValues secFetchSite = default,
        string source = "192.0.2.1"
    ) =>
        new()
        {
            Source = IPAddress.Parse(source),
            Scheme = "http",
            Host = "up.example",
            Authorization = authorization,
            SecFetchSite = secFetchSite,
        };
}
