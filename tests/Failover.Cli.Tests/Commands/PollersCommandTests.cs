using System.Globalization;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Who polls, what was refused, and waiting for a state, with a daemon that serves.</summary>
public sealed partial class PollersCommandTests : IAsyncLifetime
{
    private readonly CommandUnderTest command = new();
    private RunningDaemon daemon = null!;

    public async ValueTask InitializeAsync() =>
        daemon = await RunningDaemon.StartAsync(
            """
            components:
              web: {tcp: "127.0.0.1:1", interval: 1h}
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        command.Dispose();
    }

    private Task<RawAnswer> PollAsync(string target) =>
        RawConnection.AskAsync(
            int.Parse(Served().Match(daemon.Log).Groups["port"].Value, CultureInfo.InvariantCulture),
            $"GET {target} HTTP/1.1\r\nHost: x\r\nUser-Agent: LB/1\r\nConnection: close\r\n\r\n"
        );

    [Fact]
    public async Task They_are_shown_with_what_was_refused()
    {
        (await command.RunAsync("wait", "web", "--state", "fail", "--url", daemon.Url)).ShouldBe(0, command.Error);
        (await command.RunAsync("pollers", "--url", daemon.Url)).ShouldBe(0, command.Error);
        command.Output.ShouldBe(
            """
            web: fail
            Polls
            none since the daemon started

            Refused
            none since the daemon started

            """
        );
        (await PollAsync("/web")).Body.ShouldBe("FAIL");
        (await PollAsync("/Web")).Status.ShouldBe(404);

        (await command.RunAsync("pollers", "/web", "--url", daemon.Url)).ShouldBe(0, command.Error);

        string[] lines = command.Output.Split('\n')[^7..];
        lines[1]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3..]
            .ShouldBe(["web", "127.0.0.1", "LB/1", "1", "fail"]);
        lines[^2]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3..]
            .ShouldBe(["127.0.0.1", "LB/1", "1", "404", "GET", "/Web"]);
        (await command.RunAsync("pollers", "mail", "--json", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("{\"pollers\":[],\"refused\":[{\"address\":\"127.0.0.1\",\"agent\":\"LB/1\"");
    }

    [Fact]
    public async Task An_unknown_component_is_a_wrong_command_line()
    {
        (await command.RunAsync("pollers", "none", "--url", daemon.Url)).ShouldBe(64);
        (await command.RunAsync("wait", "none", "--url", daemon.Url)).ShouldBe(64);

        command.Error.ShouldBe(
            """
            failover: no component is named "none"
            failover: the daemon has no component "none"

            """
        );
    }

    [Theory]
    [InlineData("--timeout soon", "failover: --timeout is \"soon\"\n  accepted: a duration, as 5m\n")]
    [InlineData("--state up", "failover: --state is \"up\"\n  accepted: ok, fail, error\nsee: failover wait --help\n")]
    public async Task A_wrong_option_is_named(string options, string error)
    {
        (await command.RunAsync(["wait", "web", "--url", daemon.Url, .. options.Split(' ')])).ShouldBe(64);

        command.Error.ShouldBe(error);
    }

    [Fact]
    public async Task What_does_not_come_in_time_ends_with_1()
    {
        (await command.RunAsync("wait", "web", "--state", "fail", "--url", daemon.Url)).ShouldBe(0, command.Error);
        // Real time: how long the command waits.
        (await command.RunAsync("wait", "/web", "--timeout", "250ms", "--url", daemon.Url)).ShouldBe(1, command.Error);

        command.Output.ShouldBe("web: fail\nweb: fail\n");
    }

    [Fact]
    public async Task A_daemon_that_does_not_answer_is_unreachable()
    {
        (await command.RunAsync("wait", "web", "--url", "http://127.0.0.1:1")).ShouldBe(69);
        (await command.RunAsync("pollers", "--url", "http://127.0.0.1:1")).ShouldBe(69);
    }

    [GeneratedRegex(@"failover listens on http://127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Served();
}
