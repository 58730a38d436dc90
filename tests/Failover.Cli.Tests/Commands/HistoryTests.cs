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
                new(Noon + Minute(9), "mail", "alice", "192.0.2.7", "Forgotten"),
                new(Noon + Minute(8), "mail", "alice", "192.0.2.7", "override fail for 1h: disk is replaced"),
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
                2026-03-01 12:08:00 UTC  mail  override     by alice from 192.0.2.7: override fail for 1h: disk is replaced
                2026-03-01 12:09:00 UTC  mail  done         by alice from 192.0.2.7: Forgotten
                """
            );
        Text(HistoryText.Lines(new HistoryDocument([], []))).ShouldBe("no entries");
    }

    [Fact]
    public void Of_one_component_the_latencies_follow_the_newest_last()
    {
        ComponentHistoryDocument history = new(
            [new(Noon, "mail", Ok, Fail, "refused")],
            [],
            new(
                "mail",
                "hour",
                [
                    LatencyEntry.Of(
                        new(
                            Noon,
                            new(Minute(40), Second(75), TimeSpan.Zero),
                            360,
                            TimeSpan.FromMicroseconds(400),
                            TimeSpan.FromMilliseconds(12),
                            Second(10)
                        )
                    ),
                    LatencyEntry.Of(
                        new(Noon - Hour(1), new(Hour(1), default, Second(1)), 0, default, default, default)
                    ),
                ]
            )
        );

        Text(HistoryText.Lines(history))
            .ShouldBe(
                """
                TIME                     NAME  WHAT        WHY
                2026-03-01 12:00:00 UTC  mail  ok -> fail  refused

                HOUR                  OBSERVED  OK   FAIL   ERROR  PROBES  P50    P99   MAX
                2026-03-01 11:00 UTC  1h        1h   -      1s     0       -      -     -
                2026-03-01 12:00 UTC  41m15s    40m  1m15s  -      360     0.4ms  12ms  10s
                """
            );
        Text(HistoryText.Lines(history with { Latency = null })).ShouldNotContain("HOUR");
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

        (await command.RunAsync("history", "mail", "--by", "minute", "--json", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("\"latency\":{\"name\":\"mail\",\"by\":\"minute\",\"roll_ups\":[");
    }

    [Fact]
    public async Task Without_latencies_the_rest_is_told_and_probes_are_kept()
    {
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            """
            history: off
            components:
              mail: {tcp: "127.0.0.1:1", interval: 20ms, fail_after: 2, initial_state: ok}
            """
        );
        await daemon.UntilAsync(() => daemon.Log.Contains("ok -> fail", StringComparison.Ordinal));

        (await command.RunAsync("history", "mail", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("ok -> fail");
        using HttpClient client = new();
        string probes = await client.GetStringAsync(
            new Uri($"{daemon.Url}/-/api/v1/probes/mail?limit=2"),
            TestContext.Current.CancellationToken
        );
        probes.ShouldMatch(
            "^{\"name\":\"mail\",\"probes\":\\[{\"at\":\"[^\"]*Z\",\"check\":\"tcp 127.0.0.1:1\",\"state\":\"fail\",\"reason\":\"refused: 127.0.0.1:1\",\"duration_seconds\":0.0[^}]*},{.*}\\]}$"
        );
    }

    [Theory]
    [InlineData("--since yesterday", "failover: --since is \"yesterday\"\n  accepted: a duration, as 2h\n")]
    [InlineData("--by day", "failover: --by is \"day\"\n  accepted: minute, hour\nsee: failover history --help\n")]
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
