using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Notifications on the command line: of a file without a daemon, and of a daemon that serves.</summary>
public sealed partial class NotifyCommandTests : IAsyncLifetime
{
    private readonly WebhookPeer peer = new();
    private readonly CommandUnderTest command = new();

    private string Routes =>
        $$"""
            notifications:
              routes:
                ops: {webhook: {url: "{{peer.Url}}", headers: {X-Key: "${env:KEY}"} } }
                unresolved: {webhook: "{{peer.Url}}", resolved: false}
                alive: {dead_mans_switch: {url: "{{peer.Url}}", interval: 1d} }
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """;

    public async ValueTask InitializeAsync()
    {
        command.Environment["KEY"] = "hunter2-hunter2";
        command.Write(Routes);
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "users");
        command.TypedPassword = "secret";
    }

    public async ValueTask DisposeAsync()
    {
        command.Dispose();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task A_test_opens_an_alarm_of_its_own_and_ends_it()
    {
        peer.Says = "ok, hunter2-hunter2";

        (await command.RunAsync("notify", "test", "ops")).ShouldBe(0, command.Error);

        Timeless(command.Output)
            .ShouldBe(
                $$"""
                ops: webhook at 127.0.0.1:{{peer.Port}}
                  firing: taken: status 200: ok, ${env:KEY} (s)
                  resolved: taken: status 200: ok, ${env:KEY} (s)

                """
            );
        string[] told = [await peer.TakeAsync(), await peer.TakeAsync()];
        told.ShouldAllBe(text => text.Contains("X-Key: hunter2-hunter2", StringComparison.Ordinal));
        told.ShouldAllBe(text => text.Contains("\"severity\":\"info\"", StringComparison.Ordinal));
        told[0].ShouldContain("\"status\":\"firing\"");
        told[0].ShouldContain("\"reason\":\"a test of the route ops: nothing is wrong\"");
        told[1].ShouldContain("\"status\":\"resolved\"");
        told.Select(text => Alarm().Match(text).Groups["alarm"].Value).Distinct().ShouldHaveSingleItem();
        told.Select(text => Id().Match(text).Groups["id"].Value).Distinct().Count().ShouldBe(2);
        peer.HasMore.ShouldBeFalse();
    }

    [Theory]
    [InlineData("unresolved", "firing")]
    [InlineData("alive", "sign of life")]
    public async Task A_route_that_tells_no_end_gets_one_message(string route, string what)
    {
        (await command.RunAsync("notify", "test", route, command.File)).ShouldBe(0, command.Error);

        command.Output.ShouldContain($"\n  {what}: taken: status 200 (");
        await peer.TakeAsync();
        peer.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_not_taken_ends_with_2()
    {
        (peer.Status, peer.Says) = (403, "who is hunter2-hunter2?\n\u001b[31m");

        (await command.RunAsync("notify", "test", "ops")).ShouldBe(2);

        Timeless(command.Output)
            .ShouldEndWith("\n  firing: not taken: status 403: who is ${env:KEY}?\\u000a\\u001b[31m (s)\n");
        await peer.TakeAsync();
        peer.HasMore.ShouldBeFalse("what was not opened is not closed");
    }

    [Fact]
    public async Task All_else_ends_with_3()
    {
        (await command.RunAsync("notify", "test", "opx")).ShouldBe(3);
        (await command.RunAsync("notify", "test")).ShouldBe(3);
        command.Write("components: {mail: {tcp: 1}}", "bad.yaml");
        (await command.RunAsync("notify", "test", "ops", command["bad.yaml"])).ShouldBe(3);
        command.Write("components: {mail: {tcp: \"127.0.0.1:1\"}}", "none.yaml");
        (await command.RunAsync("notify", "test", "ops", command["none.yaml"])).ShouldBe(3);

        command.Output.ShouldBeEmpty();
        command.Error.ShouldStartWith(
            """
            failover: failover.yaml has no route "opx"
              accepted: ops, unresolved, alive
              did you mean "ops"?
            failover: ROUTE is missing
            see: failover notify test --help
            bad.yaml:1:
            """
        );
        command.Error.ShouldEndWith(
            """
            failover: none.yaml has no route "ops"
              accepted: none, for it has no notifications

            """
        );
    }

    [Fact]
    public async Task The_status_of_a_daemon_is_shown_and_what_it_gave_up_is_sent_again()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            $$"""
            access: {operate: "{{command["users"]}}"}
            notifications:
              routes:
                ops: {webhook: "{{peer.Url}}"}
                guards: {webhook: "{{peer.Url}}", topics: guard}
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await peer.TakeAsync();
        while (!(await ShowAsync()).Contains(" 1 ", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        string[] lines = (await ShowAsync("status", "ops")).Split('\n');
        lines[0]
            .ShouldBe(
                $"ROUTE  RECEIVER{new string(' ', lines[0].IndexOf("PENDING", StringComparison.Ordinal) - 15)}PENDING  DELIVERED  FAILED  GIVEN UP  PROBLEM"
            );
        Words(lines[1]).ShouldBe(["ops", "webhook", "at", $"127.0.0.1:{peer.Port}", "0", "1", "0", "0", "-"]);
        lines[2..4].ShouldBe(["", "Wrong now"]);
        Words(lines[5])[3..].ShouldBe(["/mail", "critical", "ops", "refused:", "127.0.0.1:1"]);
        (await ShowAsync("status", "--json")).ShouldStartWith(
            "{\"routes\":[{\"name\":\"ops\",\"receiver\":\"webhook at "
        );

        (await command.RunAsync("notify", "resend", "ops", "--url", daemon.Url)).ShouldBe(0, command.Error);
        command.Output.ShouldEndWith("route ops: has given up nothing\n");
        (await command.RunAsync("notify", "resend", "opx", "--url", daemon.Url)).ShouldBe(64);
        (await command.RunAsync("notify", "status", "opx", "--url", daemon.Url)).ShouldBe(64);
        command.TypedPassword = "guess";
        (await command.RunAsync("notify", "resend", "ops", "--url", daemon.Url)).ShouldBe(77);
        command.Error.ShouldBe(
            """
            failover: no route is named "opx"; accepted: ops, guards
            failover: no route is named "opx"; accepted: ops, guards
            failover: route ops: wrong user, password or token (alice), or no operator: access.operate lists them

            """
        );

        async Task<string> ShowAsync(params string[] words)
        {
            int before = command.Output.Length;
            (await command.RunAsync(["notify", .. words, "--url", daemon.Url])).ShouldBe(0, command.Error);
            return command.Output[before..];
        }
    }

    [Fact]
    public async Task Routes_are_completed_from_the_file()
    {
        (await command.RunAsync("complete", "--", "failover notify test ")).ShouldBe(0);

        command.Output.ShouldEndWith("\nalive\nops\nunresolved\n");
    }

    [Fact]
    public async Task A_daemon_without_notifications_says_so()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            "components: {mail: {tcp: \"127.0.0.1:1\", interval: 1h}}"
        );

        (await command.RunAsync("notify", "--url", daemon.Url)).ShouldBe(0, command.Error);
        (await command.RunAsync("notify", "status", "ops", "--url", daemon.Url)).ShouldBe(64);

        command.Output.ShouldBe("no notifications are configured\n");
        command.Error.ShouldBe(
            "failover: no route is named \"ops\"; accepted: none, for the configuration has no notifications\n"
        );
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Timeless(string output) => Time().Replace(output, "(s)");

    [GeneratedRegex(@"\(\d+\.\d{3}s\)", RegexOptions.None, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("\"alarm\":\"(?<alarm>test-[0-9a-f]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alarm();

    [GeneratedRegex("\"id\":\"(?<id>test-[0-9a-f.]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
