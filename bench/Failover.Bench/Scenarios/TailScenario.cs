namespace Failover;

/// <summary>The slowest answers of polls at a steady rate, while very many checks run.</summary>
internal static class TailScenario
{
    public const int PollsPerSecond = 1000;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan plan = new(bench.Full(10_000, 1_000), targets.Ports);
        TailFigures own = new("Failover");
        TailFigures its = new("HAProxy");
        for (int round = 0; round < bench.Rounds; round++)
        {
            await using (DaemonServer failover = await DaemonServer.StartAsync(bench, plan))
            {
                await failover.WhenAllOkAsync(bench.Stop);
                await MeasureAsync(bench, failover, plan.Polled, own);
            }

            await using HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, plan);
            if (haproxy is not null)
            {
                await MeasureAsync(bench, haproxy, ["/health"], its);
            }
        }

        bench.Verdicts.AtMostTimes(
            $"GET, {PollsPerSecond:N0}/s, while {plan.Count:N0} checks run: p99.9, ms",
            its.Name,
            own.P999,
            its.P999,
            1
        );
        return Tables.Table(
            $"The slowest answers while {plan.Count:N0} checks run",
            $"{PollsPerSecond:N0} requests/s at fixed times over 32 connections, latency from the time at which a request was due, in ms; "
                + $"background TCP checks every {plan.IntervalSeconds} s, HAProxy with as many servers. Each alone, on one core, and started "
                + "anew for each round. “Sent late” is the client's own share: p99.9 of the time from when a request was due until it was sent.",
            ["", "p50", "p99", "p99.9", "longest", "sent late", "not 200 or broken"],
            ((TailFigures[])[own, its]).Where(figures => figures.P999.Count > 0).Select(figures => figures.Row())
        );
    }

    private static async Task MeasureAsync(
        Bench bench,
        Subject server,
        IReadOnlyList<string> paths,
        TailFigures figures
    )
    {
        OpenLoop.Outcome outcome = await OpenLoop.RunAsync(
            server.Port,
            paths,
            PollsPerSecond,
            TimeSpan.FromSeconds(bench.Full(6, 2)),
            bench.Stop
        );
        figures.Add(outcome);
        Bench.Say($"  {figures.Name}: p99.9 {Number.Text(outcome.P999)} ms, longest {Number.Text(outcome.Longest)} ms");
    }
}

/// <summary>What several rounds of polls at a steady rate gave, in milliseconds.</summary>
internal sealed class TailFigures(string name)
{
    private readonly Series p50 = new();
    private readonly Series p99 = new();
    private readonly Series late = new();
    private int refused;

    public string Name => name;

    public Series P999 { get; } = new();

    public Series Longest { get; } = new();

    public void Add(OpenLoop.Outcome outcome)
    {
        p50.Add(outcome.P50);
        p99.Add(outcome.P99);
        P999.Add(outcome.P999);
        Longest.Add(outcome.Longest);
        late.Add(outcome.LateP999);
        refused += outcome.Refused;
    }

    public string[] Row() => [name, $"{p50}", $"{p99}", $"{P999}", $"{Longest}", $"{late}", $"{refused}"];
}
