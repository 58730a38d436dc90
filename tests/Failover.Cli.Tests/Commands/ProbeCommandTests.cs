using System.Net;
using System.Net.Sockets;

namespace Failover;

public sealed class ProbeCommandTests : IDisposable
{
    private readonly CommandUnderTest command = new();
    private readonly TcpListener peer = new(IPAddress.Loopback, 0);

    public ProbeCommandTests() => peer.Start();

    private int Open => ((IPEndPoint)peer.LocalEndpoint).Port;

    public void Dispose()
    {
        peer.Dispose();
        command.Dispose();
    }

    [Fact]
    public async Task A_port_that_accepts_is_ok_in_one_line_with_the_time()
    {
        (await command.RunAsync("probe", "--tcp", $"127.0.0.1:{Open}")).ShouldBe(0);

        command.Output.ShouldMatch(
            @$"^OK - tcp 127\.0\.0\.1:{Open}: connected to 127\.0\.0\.1:{Open} in \S+ \| time=\d+\.\d{{3}}s\n$"
        );
    }

    [Fact]
    public async Task A_port_that_refuses_is_critical_to_Nagios()
    {
        int closed = Open;
        peer.Stop();

        (await command.RunAsync("probe", "--tcp", $"127.0.0.1:{closed}", "--timeout", "5s")).ShouldBe(2);

        command.Output.ShouldStartWith($"FAIL - tcp 127.0.0.1:{closed}: refused: 127.0.0.1:{closed} | time=");
    }

    [Fact]
    public async Task A_component_on_demand_is_evaluated_once()
    {
        command.Write($"components: {{mail: {{tcp: \"127.0.0.1:{Open}\"}}}}");

        (await command.RunAsync("probe", command.File, "mail")).ShouldBe(0);

        command.Output.ShouldStartWith("OK - tcp 127.0.0.1:");
    }

    [Fact]
    public async Task A_component_in_the_background_is_waited_for_and_its_checks_are_shown()
    {
        command.Write(
            $"""
            components:
              mail:
                background:
                  interval: 1h
                  task: {"{"}hysteresis: {"{"}task: {"{"}tcp: "127.0.0.1:{Open}"{"}"}, initial_state: fail{"}"}{"}"}
            """
        );

        (await command.RunAsync("probe", "/mail")).ShouldBe(0);

        command.Output.ShouldMatch(
            @$"^OK - mail: connected to \S+ in \S+ \| time=\d+\.\d{{3}}s\n  ok tcp 127\.0\.0\.1:{Open}: connected to \S+ in \S+ \(\d+\.\d{{3}}s\)\n$"
        );
    }

    [Theory]
    [InlineData("{hysteresis: {task: CHECK, initial_state: ok, fail_after: 10}}")]
    [InlineData("{background: {interval: 1h, initial_state: ok, task: {hysteresis: {task: CHECK, fail_after: 10}}}}")]
    [InlineData("{toggle: {to_fail: {hysteresis: {task: CHECK, fail_after: 10}}, to_ok: {tcp: \"127.0.0.1:OPEN\"}}}")]
    public async Task What_would_wait_for_more_failures_is_passed_through(string task)
    {
        using TcpListener gone = new(IPAddress.Loopback, 0);
        gone.Start();
        int closed = ((IPEndPoint)gone.LocalEndpoint).Port;
        gone.Stop();
        task = task.Replace("CHECK", $"{{tcp: \"127.0.0.1:{closed}\"}}", StringComparison.Ordinal)
            .Replace("OPEN", $"{Open}", StringComparison.Ordinal);
        command.Write($"components: {{mail: {task}}}");

        (await command.RunAsync("probe", "mail")).ShouldBe(2);

        string cause = @$"refused: 127\.0\.0\.1:{closed}";
        command.Output.ShouldMatch(
            @$"^FAIL - mail: {cause} \| time=\d+\.\d{{3}}s\n  fail tcp 127\.0\.0\.1:{closed}: {cause} \(\d+\.\d{{3}}s\)\n$"
        );
    }

    [Theory]
    [InlineData("{any: [UP, DOWN]}", 0, "OK")]
    [InlineData("{any: {one: DOWN, two: {not: UP}}}", 2, "FAIL")]
    [InlineData("{all: [UP, {not: DOWN}]}", 0, "OK")]
    [InlineData("{at_least: {count: 2, tasks: [UP, {hysteresis: {task: DOWN, fail_after: 9}}, {not: UP}]}}", 2, "FAIL")]
    [InlineData("{within: {task: {flapping: {task: {cache: {task: DOWN, max_age: 1h}}}}, fails: 3, of: 5}}", 2, "FAIL")]
    [InlineData("{depends: {task: DOWN, on: UP}}", 2, "FAIL")]
    [InlineData("{depends: {task: DOWN, on: {not: UP}}}", 3, "ERROR")]
    [InlineData("{deadline: {task: {all: [UP, UP]}, after: 30s}}", 0, "OK")]
    public async Task Logic_is_applied_to_the_fresh_results(string task, int exitCode, string word)
    {
        using TcpListener gone = new(IPAddress.Loopback, 0);
        gone.Start();
        int closed = ((IPEndPoint)gone.LocalEndpoint).Port;
        gone.Stop();
        task = task.Replace("UP", $"{{tcp: \"127.0.0.1:{Open}\"}}", StringComparison.Ordinal)
            .Replace("DOWN", $"{{tcp: \"127.0.0.1:{closed}\"}}", StringComparison.Ordinal);
        command.Write($"components: {{shop: {task}}}");

        (await command.RunAsync("probe", "shop")).ShouldBe(exitCode, command.Output);

        command.Output.ShouldStartWith($"{word} - shop: ");
    }

    [Fact]
    public async Task Interrupted_it_is_unknown_to_Nagios()
    {
        using CancellationTokenSource interrupted = new();
        await interrupted.CancelAsync();

        (await command.RunAsync(interrupted.Token, "probe", "--tcp", $"127.0.0.1:{Open}")).ShouldBe(3);
    }

    [Theory]
    [InlineData("probe")]
    [InlineData("probe --tcp")]
    [InlineData("probe --tcp nowhere")]
    [InlineData("probe --tcp a:b:c")]
    [InlineData("probe --tcp 127.0.0.1:99999")]
    [InlineData("probe --tcp 127.0.0.1:1 mail")]
    [InlineData("probe --tcp 127.0.0.1:1 --timeout 5")]
    [InlineData("probe mail --timeout 5s")]
    [InlineData("probe no-file.yaml mail")]
    [InlineData("probe mial")]
    [InlineData("probe --what")]
    public async Task Whatever_keeps_it_from_looking_is_unknown_to_Nagios(string words)
    {
        command.Write("components: {mail: {tcp: \"127.0.0.1:1\"}}");

        (await command.RunAsync(words.Split(' '))).ShouldBe(3);

        command.Output.ShouldBeEmpty();
        command.Error.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_invalid_file_is_unknown_to_Nagios_and_its_mistake_is_shown()
    {
        command.Write("componets: {}");

        (await command.RunAsync("probe", command.File, "mail")).ShouldBe(3);

        command.Error.ShouldBe(
            """
            failover.yaml:1:1: unknown key "componets"
              accepted: access, agent, components, connections, defaults, guards, history, include, listen, maintenance, management, notifications, otlp, probes, reload, state, tasks, tls, track_files, trusted_proxies
              did you mean "components"?

            """
        );
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_is_nearly_right_is_guessed()
    {
        command.Write("components: {mail: {tcp: \"127.0.0.1:1\"}}");

        await command.RunAsync("probe", "mial");

        command.Error.ShouldBe("failover: failover.yaml has no component \"mial\"\n  did you mean \"mail\"?\n");
    }
}
