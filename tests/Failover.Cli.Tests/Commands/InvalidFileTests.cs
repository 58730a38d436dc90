using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Commands find the running daemon although its file has a mistake by now.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class InvalidFileTests : IAsyncLifetime
{
    private const string Mistake = "componets: {}\n";

    private readonly CommandUnderTest command = new();
    private readonly CancellationTokenSource stop = new();
    private Task<int> running = Task.FromResult(0);
    private CommandUnderTest daemon = null!;
    private string valid = "";

    private string RunFolder => daemon["session/failover"];

    private string Url => daemon.Output.Split("management at ")[1].Split('\n')[0];

    private string ServedUrl => daemon.Output.Split("failover listens on ")[1].Split('\n')[0];

    public async ValueTask InitializeAsync()
    {
        daemon = new();
        daemon.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "users");
        valid = """
            listen: "127.0.0.1:0"
            management: "127.0.0.1:0"
            state: memory
            components:
              mail:
                toggle: {to_fail: {tcp: "127.0.0.1:1"}, to_ok: {oneshot: {auth: users}}, initial_state: fail}
                on_post: to_ok.fire
            """;
        daemon.Write(valid);
        daemon.Environment["XDG_RUNTIME_DIR"] = command.Environment["XDG_RUNTIME_DIR"] = daemon["session"];
        running = daemon.RunAsync(stop.Token, "run", daemon.File, "--no-watch");
        await UntilAsync(() => daemon.Output.Contains("serves ", StringComparison.Ordinal) || running.IsCompleted);
        daemon.Write(Mistake);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        daemon.Dispose();
        command.Dispose();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain", "mail")]
    public async Task The_daemon_is_asked_at_its_own_address_and_the_mistake_is_shown(params string[] words)
    {
        (await command.RunAsync([.. words, "--file", daemon.File])).ShouldBe(0);

        command.Output.ShouldContain("mail");
        command.Error.ShouldBe(
            $"""
            {daemon.File}:1:1: unknown key "componets"
              accepted: access, agent, components, connections, defaults, guards, history, include, listen, maintenance, management, notifications, otlp, probes, reload, state, tasks, tls, track_files, trusted_proxies
              did you mean "components"?
            failover: {daemon.File} is invalid; asking {Url}, where the daemon answers

            """
        );
    }

    [Fact]
    public async Task With_a_URL_a_liveness_probe_does_not_read_the_file()
    {
        (await daemon.RunAsync("status", "--ready", "--url", Url)).ShouldBe(0);

        daemon.Output.ShouldEndWith(", 1 component\n");
        daemon.Error.ShouldNotContain("componets");
    }

    [Fact]
    public async Task A_reset_goes_to_where_the_daemon_serves()
    {
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail", "--file", daemon.File)).ShouldBe(2);

        command.Error.ShouldEndWith(
            $"failover: {daemon.File} is invalid; asking {ServedUrl}, where the daemon answers\n"
        );
        command.Output.ShouldBe(
            "/mail: reset accepted; it serves FAIL and has to be reset again: latched: refused: 127.0.0.1:1\n"
        );
    }

    [Fact]
    public async Task A_password_does_not_go_to_whoever_listens_where_an_edited_file_says()
    {
        using TcpListener stranger = new(IPAddress.Loopback, 0);
        stranger.Start();
        daemon.Write(
            valid.Replace("listen: \"127.0.0.1:0\"", $"listen: \"{stranger.LocalEndpoint}\"", StringComparison.Ordinal)
        );
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail", "--file", daemon.File)).ShouldBe(2);

        stranger.Pending().ShouldBeFalse();
        command.Error.ShouldBe(
            $"failover: {daemon.File} says http://{stranger.LocalEndpoint}; asking {ServedUrl}, where the daemon answers\n"
        );
        command.Output.ShouldStartWith("/mail: reset accepted; ");
    }

    [Fact]
    public async Task A_reset_finds_the_daemon_of_a_usual_file_that_is_gone()
    {
        File.Delete(daemon.File);
        daemon.TypedPassword = "secret";

        (await daemon.RunAsync("reset", "mail")).ShouldBe(2);

        daemon.Output.ShouldContain("/mail: reset accepted; ");
    }

    [Fact]
    public async Task What_a_dead_daemon_has_left_is_not_believed()
    {
        string path = Directory.GetFiles(RunFolder).ShouldHaveSingleItem();
        string left = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            path,
            left.Replace("\"start\":\"", "\"start\":\"1", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail", "--file", daemon.File)).ShouldBe(78);

        command.Question.ShouldBeNull();
    }

    [Fact]
    public async Task A_link_to_the_file_leads_to_the_same_daemon()
    {
        File.CreateSymbolicLink(command.File, daemon.File);

        (await command.RunAsync("status")).ShouldBe(0);

        command.Error.ShouldContain($"failover.yaml is invalid; asking {Url}, where the daemon answers\n");
    }

    [Fact]
    public async Task A_file_that_is_gone_leads_there_too()
    {
        File.Delete(daemon.File);

        (await command.RunAsync("status", "--file", daemon.File)).ShouldBe(0);

        command.Error.ShouldContain($"is invalid; asking {Url}, where the daemon answers\n");
    }

    [Fact]
    public async Task A_URL_wins()
    {
        (await command.RunAsync("status", "--file", daemon.File, "--url", "http://127.0.0.1:1")).ShouldBe(69);

        command.Error.ShouldBe("failover: cannot reach the daemon at http://127.0.0.1:1: refused\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_others_may_write_is_not_believed(bool isFolder)
    {
        string path = isFolder ? RunFolder : Directory.GetFiles(RunFolder).ShouldHaveSingleItem();
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherWrite);
        command.TypedPassword = "secret";

        (await command.RunAsync("reset", "mail", "--file", daemon.File)).ShouldBe(78);

        command.Question.ShouldBeNull();
        command.Error.ShouldEndWith("did you mean \"components\"?\n");
    }

    [Fact]
    public async Task A_link_to_another_file_is_not_believed()
    {
        string path = Directory.GetFiles(RunFolder).ShouldHaveSingleItem();
        File.Move(path, daemon["elsewhere"]);
        File.CreateSymbolicLink(path, daemon["elsewhere"]);

        (await command.RunAsync("reset", "mail", "--file", daemon.File)).ShouldBe(78);
    }

    [Fact]
    public async Task It_is_gone_with_the_daemon()
    {
        Directory.GetFiles(RunFolder).ShouldHaveSingleItem();

        await stop.CancelAsync();
        await running;

        Directory.GetFiles(RunFolder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/run/user/7", null, "/run/user/7/failover")]
    [InlineData("/run/user/7", "/run/other:/run/more", "/run/other")]
    public void A_daemon_writes_where_its_service_manager_or_its_session_says(
        string session,
        string? given,
        string folder
    )
    {
        Dictionary<string, string?> environment = new()
        {
            ["XDG_RUNTIME_DIR"] = session,
            ["RUNTIME_DIRECTORY"] = given,
        };

        new RuntimeFolder(environment.GetValueOrDefault, RuntimeFolder.OfSystem).Writable.ShouldBe(folder);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!isSo())
        {
            // Real time: another task's output is looked at until it is there.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
