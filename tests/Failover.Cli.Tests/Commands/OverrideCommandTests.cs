using System.Globalization;

namespace Failover;

/// <summary>Overrides and forgotten latches from the command line, with password files that htpasswd wrote.</summary>
public sealed class OverrideCommandTests : IAsyncLifetime
{
    private readonly CommandUnderTest command = new();
    private HealthCheckServer server = null!;
    private ServedManagement management = null!;
    private volatile bool isUp = true;

    private string Url => management.Url;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "operators");
        command.Write(await Htpasswd.LineAsync("owen", "mine", "-B", "-C", "4"), "owners");
        server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        Oneshot reset = new(auth: new HtpasswdFile(command["owners"]));
        ManagementAccess access = new(Operate: new HtpasswdFile(command["operators"]))
        {
            Tokens = [new("ci", "a token of forty characters or thereabouts", ManagementRole.Operate)],
        };
        server.Service.Access = access;
        server.AddComponent("mail/u5 %", new Toggle(new DelegateCheck(_ => Task.FromResult(isUp)), reset), reset.Fire);
        await server.StartAsync(Cancel);
        (await PollAsync()).ShouldBe(HealthState.Ok);
        management = await ServedManagement.StartAsync(server, command, access);
        command.TypedPassword = "secret";
    }

    public async ValueTask DisposeAsync()
    {
        await management.DisposeAsync();
        await server.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task An_operator_sets_one_which_status_and_explain_show_and_clears_it()
    {
        (await RunAsync("override", "/mail/u5 %", "fail", "--reason", "disk is replaced", "--for", "30m")).ShouldBe(0);
        command.Output.ShouldStartWith("/mail/u5 %: serves FAIL until 20");
        command.Output.ShouldEndWith(" UTC\n");
        (await PollAsync()).ShouldBe(HealthState.Fail);

        (await RunAsync("status")).ShouldBe(0);
        command.Output.ShouldContain("override of mail/u5 %: fail for another 29m", Case.Sensitive);
        command.Output.ShouldContain("s, and ok without it\n");
        command.Output.ShouldContain("override fail by alice: disk is replaced");

        (await RunAsync("explain", "mail/u5 %")).ShouldBe(0);
        command.Output.ShouldContain("override: by alice from 127.0.0.1 since 20");
        command.Output.ShouldContain("without it: ok");

        (await RunAsync("override", "mail/u5 %", "clear")).ShouldBe(0);
        command.Output.ShouldEndWith("/mail/u5 %: its override is cleared\n");
        (await PollAsync()).ShouldBe(HealthState.Ok);
        (await RunAsync("override", "mail/u5 %", "clear")).ShouldBe(77);
        command.Error.ShouldBe("failover: /mail/u5 %: Not possible: no override is in force\n");
    }

    [Theory]
    [InlineData("up", "failover: WHAT is \"up\"\n  accepted: ok, fail, hold, clear")]
    [InlineData("holt", "failover: WHAT is \"holt\"\n  accepted: ok, fail, hold, clear\n  did you mean \"hold\"?")]
    public async Task Another_word_is_refused(string word, string error)
    {
        (await RunAsync("override", "mail/u5 %", word, "--reason", "x")).ShouldBe(64);

        command.Error.ShouldStartWith(error);
    }

    [Fact]
    public async Task It_takes_a_reason_and_a_time_in_bounds()
    {
        (await RunAsync("override", "mail/u5 %", "fail")).ShouldBe(64);
        command.Error.ShouldBe("failover: an override needs a reason\n  accepted: --reason TEXT\n");
        (await RunAsync("override", "mail/u5 %", "fail", "--reason", "x", "--for", "31d")).ShouldBe(64);
        command.Error.ShouldEndWith(
            "failover: --for is \"31d\"\n  accepted: a duration from 1ms to 30d, as 30m or 2h\n"
        );
    }

    [Fact]
    public async Task Who_is_no_operator_reads_what_lists_them()
    {
        command.TypedPassword = "wrong";

        (await RunAsync("override", "mail/u5 %", "fail", "--reason", "x")).ShouldBe(77);

        command.Error.ShouldBe(
            "failover: /mail/u5 %: wrong user, password or token (alice), or no operator: access.operate lists them\n"
        );
    }

    [Fact]
    public async Task A_token_that_may_operate_is_enough()
    {
        command.Write("a token of forty characters or thereabouts\n", "token");

        (
            await command.RunAsync(
                "override",
                "mail/u5 %",
                "fail",
                "--reason",
                "x",
                "--url",
                Url,
                "--token-file",
                command["token"]
            )
        ).ShouldBe(0);

        command.Question.ShouldBeNull();
        server.Service.Engine.OverridesNow().ShouldHaveSingleItem().User.ShouldBe("token ci");
    }

    [Fact]
    public async Task A_component_that_is_not_there_is_named()
    {
        (await RunAsync("override", "none", "fail", "--reason", "x")).ShouldBe(64);

        command.Error.ShouldBe("failover: /none: there is no such component\n");
    }

    [Fact]
    public async Task A_latch_that_can_be_reset_is_not_forgotten_and_one_that_cannot_is()
    {
        isUp = false;
        (await PollAsync()).ShouldBe(HealthState.Fail);
        (await RunAsync("forget", "mail/u5 %")).ShouldBe(77);
        command.Error.ShouldBe("failover: /mail/u5 %: Nothing to forget\n");

        server.Service.Replace([new("mail/u5 %", new DelegateCheck(_ => Task.FromResult(true)))], Graph.NoNames);
        (await RunAsync("forget", "mail/u5 %")).ShouldBe(0);

        command.Output.ShouldEndWith("/mail/u5 %: its latch is forgotten\n");
        (await PollAsync()).ShouldBe(HealthState.Ok);
    }

    private Task<int> RunAsync(params string[] words) =>
        command.RunAsync([
            .. words,
            "--url",
            Url,
            .. words[0] is "status" or "explain" ? [] : (string[])["-u", "alice"],
        ]);

    private async Task<HealthState> PollAsync()
    {
        using HttpClient client = new();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}/mail/u5%20%25");
        using HttpResponseMessage answer = await client.GetAsync(new Uri(url), Cancel);
        return answer.IsSuccessStatusCode ? HealthState.Ok : HealthState.Fail;
    }
}
