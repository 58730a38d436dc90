namespace Failover;

/// <summary>What has happened, and who did it.</summary>
public sealed class HistoryTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public void Transitions_and_POSTs_are_reported_in_one_table_the_newest_last()
    {
        HistoryDocument history = new(
            [
                new(Noon + Minute(7), "mail", Fail, Ok, "reset", new(Noon + Minute(7), "of this very second")),
                new(Noon, "mail", Ok, Fail, "latched: refused\u0007", new(Noon - Second(20), "timed out")),
                new(Noon - Hour(1), "web", Error, Ok, ""),
                new(Noon - Hour(11), "web", Ok, Error, "no ports", new(Noon - Hour(13), "no files")),
            ],
            [
                new(Noon + Minute(7), "mail", "alice", "192.0.2.7", "Armed"),
                new(Noon + Minute(2), "mail", "mallory", "192.0.2.8", "Unauthorized"),
                new(Noon + Minute(1), "mail", null, "unix", "Nothing to reset"),
            ]
        );

        Text(HistoryText.Lines(history))
            .ShouldBe(
                """
                TIME                     NAME  WHAT         WHY
                2026-03-01 01:00:00 UTC  web   ok -> error  no ports; since 2026-02-28 23:00:00 UTC: no files
                2026-03-01 11:00:00 UTC  web   error -> ok
                2026-03-01 12:00:00 UTC  mail  ok -> fail   latched: refused\u0007; since 11:59:40: timed out
                2026-03-01 12:01:00 UTC  mail  reset tried  by nobody from unix: Nothing to reset
                2026-03-01 12:02:00 UTC  mail  reset tried  by mallory from 192.0.2.8: Unauthorized
                2026-03-01 12:07:00 UTC  mail  fail -> ok   reset
                2026-03-01 12:07:00 UTC  mail  reset        by alice from 192.0.2.7
                """
            );
        Text(HistoryText.Lines(new([], []))).ShouldBe("no entries");
    }

    [Fact]
    public async Task The_running_daemon_tells_it()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            """
            components:
              mail: {background: {interval: 20ms, initial_state: ok, task: {hysteresis: {fail_after: 2, task: {tcp: "127.0.0.1:1"}}}}}
            """
        );
        await daemon.UntilAsync(() => daemon.Log.Contains("ok -> fail", StringComparison.Ordinal));

        (await command.RunAsync("history", "/mail", "--since", "2h", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldMatch(
            "^TIME +NAME +WHAT +WHY\n.* UTC  mail  ok -> fail  refused: 127.0.0.1:1(; since .*)?\n$"
        );

        (await command.RunAsync("history", "--json", "--limit", "1", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("\"component\":\"mail\",\"from\":\"ok\",\"to\":\"fail\"");
        command.Output.ShouldMatch("\"first_contrary\":{\"at\":\"[^\"]*Z\",\"reason\":\"refused: 127.0.0.1:1\"}");
    }

    [Theory]
    [InlineData("--since yesterday", "failover: --since is \"yesterday\"\n  accepted: a duration, as 2h\n")]
    [InlineData("--limit 0", "failover: --limit is \"0\"\n  accepted: 1 to 10000\n")]
    public async Task What_is_not_understood_is_a_wrong_command_line(string words, string error)
    {
        (await command.RunAsync(["history", .. words.Split(' ')])).ShouldBe(64);

        command.Error.ShouldBe(error);
    }

    [Fact]
    public async Task The_start_names_what_is_latched()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            """
            components:
              mail: {toggle: {to_fail: {tcp: "127.0.0.1:1"}, to_ok: {tcp: "127.0.0.1:1"}, initial_state: fail}}
            """
        );
        await daemon.UntilAsync(() => daemon.Log.Contains("serves ", StringComparison.Ordinal));

        daemon.Log.ShouldContain("/mail is fail");
        daemon.Log.ShouldContain("latched: initial state");
    }

    private static string Text(IEnumerable<Line> lines) => string.Join('\n', lines.Select(line => line.Text));
}
