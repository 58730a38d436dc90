using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Failover;

public sealed class StatusCommandTests : IAsyncLifetime
{
    private readonly CommandUnderTest command = new();
    private RunningDaemon daemon = null!;

    public async ValueTask InitializeAsync() =>
        daemon = await RunningDaemon.StartAsync(
            """
            components:
              mail: {background: {interval: 1h, initial_state: ok, task: {tcp: "127.0.0.1:1"}}}
              web: {tcp: "127.0.0.1:1"}
            """
        );

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task The_components_are_shown_in_a_table()
    {
        (await command.RunAsync("status", "--url", daemon.Url)).ShouldBe(0);

        command.Output.ShouldStartWith($"failover {DaemonStatus.Version}, up ");
        command.Output.ShouldContain("\nNAME  STATE");
        command.Output.ShouldContain("\nmail  ");
        command.Output.ShouldContain("\nweb   ");
    }

    [Fact]
    public async Task An_error_that_is_served_as_a_fail_is_told_in_the_document()
    {
        await using RunningDaemon failing = await RunningDaemon.StartAsync(
            """
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h, initial_state: first, depends: {tcp: "127.0.0.1:1"}, on_error: fail}
            """
        );

        (await command.RunAsync("status", "--json", "--url", failing.Url)).ShouldBe(0);
        command.Output.ShouldContain("\"state\":\"fail\"");
        command.Output.ShouldMatch("\"error\":\"[^\"]+\"");
    }

    [Fact]
    public async Task Components_that_are_named_are_shown_and_no_others()
    {
        (await command.RunAsync("status", "/web", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("\nweb   ");
        command.Output.ShouldNotContain("\nmail  ");

        (await command.RunAsync("status", "web", "--json", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("\"components\":[{\"name\":\"web\",");
        command.Output.ShouldNotContain("\"name\":\"mail\"");
    }

    [Fact]
    public async Task A_name_that_is_nearly_right_is_guessed()
    {
        (await command.RunAsync("status", "mial", "--url", daemon.Url)).ShouldBe(64);

        command.Error.ShouldBe("failover: the daemon has no component \"mial\"\n  did you mean \"mail\"?\n");
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_exit_code_is_that_of_the_worst_state_where_that_is_asked_for()
    {
        (await command.RunAsync("status", "web", "--exit-code", "--url", daemon.Url)).ShouldBe(2);
        (await command.RunAsync("status", "web", "--url", daemon.Url)).ShouldBe(0);
        (await command.RunAsync("status", "--exit-code", "--url", "http://127.0.0.1:1")).ShouldBe(3);
        (await command.RunAsync("status", "mial", "--exit-code", "--url", daemon.Url)).ShouldBe(3);
        (await command.RunAsync("status", "--exit-code", "--watch", "--url", daemon.Url)).ShouldBe(3);
    }

    [Fact]
    public async Task The_daemon_is_ready_whatever_its_components_are()
    {
        (await command.RunAsync("status", "web", "--exit-code", "--url", daemon.Url)).ShouldBe(2);
        (await command.RunAsync("status", "--ready", "--url", daemon.Url)).ShouldBe(0);
        (await command.RunAsync("status", "--ready", "--url", "http://127.0.0.1:1")).ShouldBe(69);

        command.Output.ShouldEndWith($"ready: failover {DaemonStatus.Version}, 2 components\n");
    }

    [Theory]
    [InlineData("web")]
    [InlineData("--exit-code")]
    [InlineData("--json")]
    [InlineData("--watch")]
    public async Task Being_ready_depends_on_no_component(string word)
    {
        (await command.RunAsync("status", "--ready", word, "--url", daemon.Url)).ShouldNotBe(0);

        command.Error.ShouldStartWith("failover: --ready goes with no NAME, --watch, --json or --exit-code\n");
    }

    [Fact]
    public async Task The_newest_probe_and_the_next_one_are_reported()
    {
        string[] row;
        do
        {
            using CommandUnderTest once = new();
            await once.RunAsync("status", "mail", "--url", daemon.Url);
            row = once
                .Output.TrimEnd('\n')
                .Split('\n')[^1]
                .Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        } while (row[3] == "never");

        row[1].ShouldBe("fail");
        row[3].ShouldMatch(@"^\d+m?s ago$");
        row[4].ShouldMatch(@"^in \S+$");
    }

    [Fact]
    public async Task The_document_is_printed_as_it_was_received()
    {
        (await command.RunAsync("status", "--url", daemon.Url, "--json")).ShouldBe(0);

        JsonDocument
            .Parse(command.Output)
            .RootElement.GetProperty("components")[0]
            .GetProperty("name")
            .GetString()
            .ShouldBe("mail");
    }

    [Fact]
    public async Task The_file_says_where_the_daemon_is()
    {
        command.Write($"management: \"{new Uri(daemon.Url).Authority}\"\ncomponents: {{a: {{tcp: \"127.0.0.1:1\"}}}}");

        (await command.RunAsync("status")).ShouldBe(0);
        (await command.RunAsync("status", "--file", command.File)).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_without_a_management_address_says_so()
    {
        command.Write("management: off\ncomponents: {a: {tcp: \"127.0.0.1:1\"}}");

        (await command.RunAsync("status")).ShouldBe(69);

        command.Error.ShouldBe("failover: failover.yaml has no management address; accepted: --url URL\n");
    }

    [Fact]
    public async Task Watched_it_is_shown_again_and_again_until_that_is_enough()
    {
        ManualTime time = new();
        command.Time = time;
        using CancellationTokenSource enough = new();
        Task<int> watching = command.RunAsync(enough.Token, "status", "--watch", "--url", daemon.Url);

        await daemon.UntilAsync(() => time.TimerCount == 1);
        Tables().ShouldBe(1);
        time.Advance(Second(2));
        await daemon.UntilAsync(() => Tables() == 2);
        await enough.CancelAsync();

        (await watching).ShouldBe(0);
        command.Output.ShouldNotContain('\u001b');

        int Tables() => command.Output.Split("NAME  STATE").Length - 1;
    }

    [Fact]
    public async Task On_a_terminal_it_is_shown_in_its_place_cut_to_what_fits_and_the_screen_is_given_back()
    {
        command.IsTerminal = true;
        command.Environment["NO_COLOR"] = "1";
        using CancellationTokenSource enough = new();
        Task<int> watching = command.RunAsync(enough.Token, "status", "--watch", "--url", daemon.Url);
        await daemon.UntilAsync(() => command.Output.Contains("web", StringComparison.Ordinal));
        await enough.CancelAsync();

        (await watching).ShouldBe(0);

        command.Output.ShouldStartWith("\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[0J");
        command.Output.ShouldEndWith("\u001b[?7h\u001b[?25h\u001b[?1049l");
    }

    [Fact]
    public async Task A_daemon_that_is_away_is_watched_for()
    {
        ManualTime time = new();
        command.Time = time;
        string url = daemon.Url;
        await daemon.StopAsync();
        using CancellationTokenSource enough = new();
        Task<int> watching = command.RunAsync(enough.Token, "status", "--watch", "--url", url);
        await daemon.UntilAsync(() => command.Output.Contains("refused", StringComparison.Ordinal));
        await enough.CancelAsync();

        (await watching).ShouldBe(0);
    }

    [Fact]
    public async Task Something_else_that_answers_there_is_reported()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        Task answering = AnswerAsync(other, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");

        (await command.RunAsync("status", "--url", $"http://{other.LocalEndpoint}")).ShouldBe(69);

        await answering;
        command.Error.ShouldContain("its answer is none of a management API");
    }

    [Theory]
    [InlineData("nonsense nonsense")]
    [InlineData("ftp://example.net/")]
    [InlineData("http://user:password@localhost/")]
    public async Task A_URL_that_is_none_says_what_is_accepted(string url)
    {
        (await command.RunAsync("status", "--url", url)).ShouldBe(64);

        command.Error.ShouldContain("\n  accepted: http://HOST:PORT");
    }

    [Fact]
    public async Task A_component_is_explained()
    {
        (await command.RunAsync("explain", "/mail", "--url", daemon.Url)).ShouldBe(0);

        command.Output.ShouldStartWith("mail: ");
        command.Output.ShouldContain("└─ task: ");
    }

    [Fact]
    public async Task An_unknown_component_is_a_wrong_command_line()
    {
        (await command.RunAsync("explain", "mial", "--url", daemon.Url)).ShouldBe(64);

        command.Error.ShouldBe("failover: no component is named \"mial\"\n");
    }

    [Fact]
    public async Task What_a_reload_would_change_is_reported()
    {
        command.Write("components: {web: {tcp: \"127.0.0.1:1\"}}");

        (await command.RunAsync("check", "--diff", "--url", daemon.Url)).ShouldBe(0);

        command.Output.ShouldContain("\n- mail: removed\n");
        command.Output.ShouldEndWith("1 component unchanged, keeps its state\n");
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        byte[] request = new byte[4096];
        _ = await client.GetStream().ReadAsync(request, TestContext.Current.CancellationToken);
        await client
            .GetStream()
            .WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
    }
}
