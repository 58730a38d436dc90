using System.Net;
using System.Net.Sockets;

namespace Failover;

public sealed class RunCommandTests
{
    private const string Components = "components: {mail: {tcp: \"127.0.0.1:1\"}}";

    [Fact]
    public async Task It_serves_until_it_is_told_to_stop_and_ends_well()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(Components);

        daemon.Log.ShouldContain("failover listens on http://127.0.0.1:");
        (await daemon.StopAsync()).ShouldBe(0);
        daemon.Log.ShouldContain("draining, then stopping\n");
        daemon.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("json", '{')]
    [InlineData("journald", '<')]
    [InlineData("text", 'f', '2', ' ')]
    public async Task Every_line_of_the_log_is_in_the_format_that_is_asked_for(string format, params char[] first)
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(Components, "--log-format", format);

        await daemon.StopAsync();

        string[] lines = daemon.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(2);
        lines.ShouldAllBe(line => first.Contains(line[0]));
    }

    [Fact]
    public async Task An_invalid_file_is_reported_and_not_served()
    {
        using CommandUnderTest command = new();
        command.Write("components: {mail: {tpc: \"a:1\"}}");

        (await command.RunAsync("run")).ShouldBe(78);

        command.Error.ShouldStartWith("failover.yaml:1:");
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_in_use_keeps_it_from_starting()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        using CommandUnderTest command = new();
        command.Write($"listen: \"{other.LocalEndpoint}\"\nmanagement: off\nstate: memory\n{Components}");

        (await command.RunAsync("run")).ShouldBe(73);

        command.Error.ShouldBe($"failover: cannot listen on http://{other.LocalEndpoint}: the port is in use\n");
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_used_does_not_keep_it_from_starting_and_status_says_so()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            """
            components:
              mail:
                toggle: {to_fail: {tcp: "127.0.0.1:1"}, to_ok: {oneshot: {auth: /nowhere/users}}}
                on_post: to_ok.fire
            """
        );
        using CommandUnderTest command = new();

        (await command.RunAsync("status", "--url", daemon.Url)).ShouldBe(0);

        daemon.Log.ShouldContain(" warning: /nowhere/users: cannot be read (");
        command.Output.ShouldContain("\nPOST of mail: 503: /nowhere/users: cannot be read (");
        (await daemon.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_state_file_that_cannot_be_used_keeps_it_from_starting()
    {
        using CommandUnderTest command = new();
        command.Write($"listen: \"127.0.0.1:0\"\nmanagement: off\nstate: /proc/nowhere/state.db\n{Components}");

        (await command.RunAsync("run")).ShouldBe(74);

        command.Error.ShouldContain("/proc/nowhere/state.db");
    }
}
