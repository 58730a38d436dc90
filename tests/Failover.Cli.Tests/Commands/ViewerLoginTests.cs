namespace Failover;

/// <summary>Commands that ask a daemon which wants to know who views.</summary>
public sealed class ViewerLoginTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly CommandUnderTest command = new();
    private RunningDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        // {SHA} of "secret".
        command.Write("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", "view");
        command.Write($"{Token}\n", "ci.token");
        command.Write("wrong-wrong-wrong\n", "wrong.token");
        command.Write("secret\n", "password");
        daemon = await RunningDaemon.StartAsync(
            $$$"""
            access:
              view: {{{command["view"]}}}
              tokens: {ci: {secret: "${file:{{{command["ci.token"]}}}}", role: view}}
            components: {mail: {tcp: {host: 127.0.0.1, port: 1}, interval: 1h}}
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        command.Dispose();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain mail")]
    [InlineData("history")]
    public async Task The_password_is_asked_for_once_as_reset_asks(string words)
    {
        command.TypedPassword = "secret";

        (await AskAsync(words)).ShouldBe(0, command.Error);

        command.Question.ShouldBe($"Password of alice at {daemon.Url}: ");
        command.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_and_a_password_file_will_do()
    {
        command.Environment.Remove("USER");

        (await AskAsync("status", "--user", "alice", "--password-file", command["password"])).ShouldBe(
            0,
            command.Error
        );

        command.Question.ShouldBeNull();
        command.Output.ShouldContain("mail");
    }

    [Fact]
    public async Task A_token_will_do()
    {
        (await AskAsync("status", "--token-file", command["ci.token"])).ShouldBe(0, command.Error);

        command.Environment["FAILOVER_TOKEN_FILE"] = command["ci.token"];
        (await AskAsync("status --json")).ShouldBe(0, command.Error);

        command.Question.ShouldBeNull();
    }

    [Fact]
    public async Task A_user_who_is_named_is_meant_whatever_the_environment_says()
    {
        command.Environment["FAILOVER_TOKEN_FILE"] = command["wrong.token"];
        command.TypedPassword = "secret";

        (await AskAsync("status --user alice")).ShouldBe(0, command.Error);
    }

    [Fact]
    public async Task What_is_not_let_in_says_so()
    {
        command.TypedPassword = "wrong";
        (await AskAsync("status")).ShouldBe(77);
        command.Error.ShouldBe("failover: wrong user or password\n");
    }

    [Fact]
    public async Task A_token_that_is_not_let_in_says_so_and_asks_for_no_password()
    {
        command.TypedPassword = "secret";

        (await AskAsync("status", "--token-file", command["wrong.token"])).ShouldBe(77);

        command.Error.ShouldBe("failover: the token in wrong.token is not accepted\n");
        command.Question.ShouldBeNull();
        (await AskAsync("status", "--token-file", command["none"])).ShouldBe(64);
        command.Error.ShouldContain("failover: the token in none cannot be read");
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_there_is()
    {
        (await AskAsync("status")).ShouldBe(77);

        command.Error.ShouldBe(
            $"failover: the management API at {daemon.Url} asks who views\n"
                + "  accepted: --user USER, --token-file FILE or $FAILOVER_TOKEN_FILE\n"
                + "failover: there is no terminal to ask for the password\n"
                + "  accepted: --password-file FILE, - for the standard input\n"
        );
    }

    [Fact]
    public async Task A_comparison_logs_in_as_well()
    {
        command.Write("components: {}");
        command.TypedPassword = "secret";

        (await AskAsync("check", command.File, "--diff")).ShouldBe(0, command.Error);

        command.Output.ShouldContain("mail");
        (await command.RunAsync("check", command.File, "--user", "alice")).ShouldBe(64);
        command.Error.ShouldContain("--user needs --diff");
    }

    [Fact]
    public async Task A_container_is_ready_whoever_asks()
    {
        while (await AskAsync("status --ready") != 0)
        {
            // The first probe has not ended.
            command.Error.ShouldMatch("^(failover: not ready: [^\\n]+\\n)+$");
        }

        command.Output.ShouldBe("ready: the daemon answers, and asks who views\n");
        command.Question.ShouldBeNull();
    }

    [Fact]
    public async Task The_daemon_keeps_its_tokens_out_of_what_it_shows()
    {
        (
            await AskAsync("check", command.Write("components: {}").File, "--diff", "--token-file", command["ci.token"])
        ).ShouldBe(0, command.Error);

        command.Output.ShouldContain("ci (view)");
        command.Output.ShouldNotContain(Token);
        daemon.Log.ShouldNotContain(Token);
    }

    private Task<int> AskAsync(string words, params string[] more) =>
        command.RunAsync([.. words.Split(' '), .. more, "--url", daemon.Url]);
}
