using System.Globalization;

namespace Failover;

public sealed class ResetCommandTests : IAsyncLifetime
{
    // bcrypt of "secret" at cost 4, as htpasswd -B -C 4 writes it, is made below by htpasswd itself.
    private readonly CommandUnderTest command = new();
    private HealthCheckServer server = null!;
    private ServedManagement management = null!;
    private volatile bool isUp = true;

    private string ManagementUrl => management.Url;

    private string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}");

    public async ValueTask InitializeAsync()
    {
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "users");
        server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        Oneshot reset = new(auth: new HtpasswdFile(command["users"]));
        server.AddComponent(
            "mail/u5 %",
            new Toggle(
                toFail: new DelegateCheck(_ => Task.FromResult(isUp)),
                toOk: reset,
                initialState: HealthState.Fail
            ),
            reset.Fire
        );
        Oneshot slow = new(auth: new HtpasswdFile(command["users"]));
        server.AddComponent(
            "slow",
            new Hysteresis(
                new Toggle(new DelegateCheck(_ => Task.FromResult(true)), slow, initialState: HealthState.Fail),
                initialState: HealthState.Fail,
                okAfter: Count(3)
            ),
            slow.Fire
        );
        Oneshot inner = new(auth: new HtpasswdFile(command["users"]));
        server.AddComponent(
            "nested",
            new Toggle(
                toFail: new Toggle(
                    toFail: new DelegateCheck(_ => Task.FromResult(false)),
                    toOk: inner,
                    initialState: HealthState.Fail
                ),
                toOk: reset,
                initialState: HealthState.Fail
            ),
            reset.Fire
        );
        server.AddComponent("plain", new DelegateCheck(_ => Task.FromResult(true)));
        await server.StartAsync();
        management = await ServedManagement.StartAsync(server, command);
    }

    public async ValueTask DisposeAsync()
    {
        await management.DisposeAsync();
        await server.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task Somebody_who_may_resets_and_is_reported_so_in_words()
    {
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "/mail/u5 %", "--url", Url)).ShouldBe(0);

        command.Output.ShouldBe("/mail/u5 %: reset accepted; it serves OK\n");
        command.Error.ShouldBeEmpty();
        command.Question.ShouldBe($"Password of alice at {Url}: ");
    }

    [Fact]
    public async Task A_second_reset_finds_nothing_to_reset()
    {
        command.TypedPassword = "secret";
        await command.RunAsync("reset", "mail/u5 %", "--url", Url);

        (await command.RunAsync("reset", "mail/u5 %", "--url", Url)).ShouldBe(0);

        command.Output.ShouldEndWith("/mail/u5 %: nothing to reset; it serves OK\n");
    }

    [Fact]
    public async Task A_component_that_fails_again_at_once_is_reported_and_is_no_success()
    {
        isUp = false;
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail/u5 %", "--url", Url)).ShouldBe(2);

        command.Output.ShouldBe("/mail/u5 %: reset accepted; it serves FAIL\n");
    }

    [Fact]
    public async Task A_component_that_takes_its_time_is_waited_for()
    {
        ManualTime time = new();
        command.Time = time;
        command.TypedPassword = "secret";
        Task<int> waiting = command.RunAsync(
            "reset",
            "slow",
            "--wait",
            "--url",
            Url,
            "--management-url",
            ManagementUrl
        );

        while (!waiting.IsCompleted)
        {
            time.Advance(Second(1));
            // Real time: the requests in between go over a socket.
            await Task.WhenAny(
                waiting,
                Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken)
            );
        }

        (await waiting).ShouldBe(0);
        command.Output.ShouldMatch(
            "^/slow: reset accepted; it serves FAIL until its thresholds are reached; its check is ok: .*\n"
                + "/slow: waiting until it serves OK\n/slow: it serves OK, and its check is ok\n$"
        );
    }

    [Fact]
    public async Task A_component_that_latches_again_ends_the_waiting()
    {
        isUp = false;
        command.TypedPassword = "secret";

        (
            await command.RunAsync("reset", "mail/u5 %", "--wait", "--url", Url, "--management-url", ManagementUrl)
        ).ShouldBe(2);

        command.Output.ShouldStartWith("/mail/u5 %: reset accepted; it serves FAIL and has to be reset again");
    }

    [Fact]
    public async Task To_wait_takes_the_management_API_and_is_refused_before_the_reset()
    {
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail/u5 %", "--wait", "--url", Url)).ShouldBe(64);

        command.Error.ShouldBe(
            "failover: --wait needs the management API, which reports whether the component is latched again\n  accepted: --management-url URL, or a file that names it\n"
        );
        command.Question.ShouldBeNull();
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_management_API_that_does_not_know_the_component_ends_the_waiting()
    {
        await using RunningDaemon other = await RunningDaemon.StartAsync("components: {a: {tcp: \"127.0.0.1:1\"}}");
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "slow", "--wait", "--url", Url, "--management-url", other.Url)).ShouldBe(64);

        command.Output.ShouldBe("/slow: reset accepted\n");
        command.Error.ShouldBe("failover: the management API knows no component /slow\n");
    }

    [Fact]
    public async Task Interrupted_while_it_waits_it_is_no_success()
    {
        command.TypedPassword = "secret";
        using CancellationTokenSource interrupt = new();
        Task<int> waiting = command.RunAsync(
            interrupt.Token,
            "reset",
            "slow",
            "--wait",
            "--url",
            Url,
            "--management-url",
            ManagementUrl
        );
        while (!command.Output.Contains("waiting", StringComparison.Ordinal) && !waiting.IsCompleted)
        {
            // Real time: another task's output is looked at until it is there.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await interrupt.CancelAsync();

        (await waiting).ShouldBe(130);
    }

    [Fact]
    public async Task A_latch_that_another_one_below_holds_is_not_reset_and_the_other_one_is_named()
    {
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "nested", "--url", Url)).ShouldBe(77);

        command.Error.ShouldBe(
            "failover: /nested: not reset: Held by the latch at /nested#to_fail: reset that first\n"
        );
        command.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    [InlineData("secret\nmore\n")]
    public async Task The_password_may_come_from_a_file_or_the_standard_input(string text)
    {
        command.Write(text, "password").Input = text;

        (await command.RunAsync("reset", "mail/u5 %", "--url", Url, "--password-file", command["password"])).ShouldBe(
            0
        );
        (await command.RunAsync("reset", "mail/u5 %", "--url", Url, "--password-file", "-")).ShouldBe(0);

        command.Question.ShouldBeNull();
        command.Output.ShouldContain("nothing to reset");
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("mallory", "secret")]
    public async Task A_wrong_user_or_password_is_not_allowed(string user, string password)
    {
        command.TypedPassword = password;

        (await command.RunAsync("reset", "mail/u5 %", "--url", Url, "--user", user)).ShouldBe(77);

        command.Error.ShouldBe($"failover: /mail/u5 %: wrong user or password ({user})\n");
    }

    [Theory]
    [InlineData("nowhere", "there is no such component")]
    [InlineData("plain", "cannot be reset: it has no on_post")]
    public async Task What_cannot_be_reset_is_a_wrong_command_line(string name, string text)
    {
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", name, "--url", Url)).ShouldBe(64);

        command.Error.ShouldBe($"failover: /{name}: {text}\n");
    }

    [Fact]
    public async Task Too_many_wrong_passwords_are_reported()
    {
        command.TypedPassword = "wrong";
        int code = 77;
        for (int i = 0; i < 50 && !command.Error.Contains("too many", StringComparison.Ordinal); i++)
        {
            code = await command.RunAsync("reset", "mail/u5 %", "--url", Url);
        }

        code.ShouldBe(77);
        command.Error.ShouldEndWith("not allowed for now: too many failed log-ins\n");
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_reported()
    {
        command.TypedPassword = "secret";
        string url = Url;
        await server.StopAsync(TestContext.Current.CancellationToken);

        (await command.RunAsync("reset", "mail/u5 %", "--url", url)).ShouldBe(69);

        command.Error.ShouldBe($"failover: cannot reach the daemon at {url}: refused\n");
    }

    [Fact]
    public async Task The_file_says_where_the_component_is_served()
    {
        command.TypedPassword = "secret";
        command.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"listen: [\"unix:/run/nowhere\", {server.Port}]\ncomponents: {{a: {{tcp: \"127.0.0.1:1\"}}}}"
            )
        );

        (await command.RunAsync("reset", "mail/u5 %")).ShouldBe(0);

        command.Output.ShouldBe("/mail/u5 %: reset accepted; it serves OK\n");
    }

    [Fact]
    public async Task Without_a_terminal_or_a_file_there_is_no_password()
    {
        (await command.RunAsync("reset", "plain", "--url", Url)).ShouldBe(64);

        command.Error.ShouldStartWith("failover: there is no terminal to ask for the password\n");
    }

    [Theory]
    [InlineData("", "failover: no user\n  accepted: --user USER, or $USER\n")]
    [InlineData("a:b", "failover: the user is \"a:b\"\n  accepted: a name without a colon\n")]
    public async Task Somebody_has_to_reset(string user, string error)
    {
        command.Environment["USER"] = user;

        (await command.RunAsync("reset", "plain", "--url", Url)).ShouldBe(64);

        command.Error.ShouldBe(error);
    }

    [Fact]
    public async Task A_password_is_not_an_option()
    {
        (await command.RunAsync("reset", "plain", "--url", Url, "--password", "secret")).ShouldBe(64);

        command.Error.ShouldContain("unknown option \"--password\"");
        command.Error.ShouldNotContain("secret");
    }
}
