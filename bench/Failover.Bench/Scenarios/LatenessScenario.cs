namespace Failover;

/// <summary>How much later than scheduled checks begin, by Failover's own metric.</summary>
internal static class LatenessScenario
{
    private const double MostMilliseconds = 5;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        await using BlackHole hole = await BlackHole.OpenAsync(bench.Stop);
        ServeOrder often = new()
        {
            Checks = bench.Full(10_000, 1_000),
            Ports = targets.Ports,
            IntervalSeconds = 1,
        };
        ServeOrder many = often with { Checks = bench.Full(100_000, 10_000), IntervalSeconds = 60 };
        ServeOrder dead = often with { IntervalSeconds = 10, TimeoutSeconds = 1, DeadPort = hole.Port };
        string[][] rows =
        [
            await MeasureAsync(bench, often, $"{often.Checks:N0} components every second", isTarget: true),
            await MeasureAsync(bench, many, $"{many.Checks:N0} components every minute", isTarget: true),
            await MeasureAsync(
                bench,
                dead,
                $"{dead.Checks:N0} components every 10 s, all but every hundredth dead",
                isTarget: false
            ),
        ];
        return Tables.Table(
            "Lateness",
            "The histogram `failover.background.lateness` of the meter `Failover`: how much later than scheduled a turn began, on one core. It "
                + "is read in the process, so that this is a program that uses the library, compiled as it runs, and not the single file. The "
                + "targets that are dead never answer, until their timeout of 1 s.",
            ["", "turns", "p50, ms", "p99, ms", "longest, ms", "first result of all, s", "ok at the end"],
            rows
        );
    }

    private static async Task<string[]> MeasureAsync(Bench bench, ServeOrder order, string name, bool isTarget)
    {
        Bench.Say($"  {name}");
        await using FailoverServer server = await FailoverServer.StartAsync(bench, order);
        double first = await WhenAllHaveResultsAsync(bench, server);
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Stop);
        await server.ReportAsync(bench.Stop);
        Series p50 = new();
        Series p99 = new();
        Series longest = new();
        int turns = 0;
        int ok = 0;
        for (int round = 0; round < bench.Rounds; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(4), bench.Stop);
            ServedFigures served = await server.ReportAsync(bench.Stop);
            p50.Add(1000 * (served.LatenessP50 ?? double.NaN));
            p99.Add(1000 * (served.LatenessP99 ?? double.NaN));
            longest.Add(1000 * (served.LatenessMax ?? double.NaN));
            turns += served.Turns;
            ok = served.Ok;
        }

        if (isTarget)
        {
            bench.Verdicts.AtMost($"lateness, {name}: p99", p99, MostMilliseconds, "ms");
        }

        int alive = Enumerable.Range(0, order.Checks).Count(check => !order.IsDead(check));
        return [name, $"{turns:N0}", $"{p50}", $"{p99}", $"{longest}", Number.Text(first), $"{ok:N0} of {alive:N0}"];
    }

    private static async Task<double> WhenAllHaveResultsAsync(Bench bench, FailoverServer server)
    {
        while (true)
        {
            if ((await server.ReportAsync(bench.Stop)).FirstResultsSeconds is { } seconds)
            {
                return seconds;
            }

            await Task.Delay(100, bench.Stop);
        }
    }
}
