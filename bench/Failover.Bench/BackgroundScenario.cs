using System.Diagnostics;

namespace Failover;

/// <summary>Very many background checks, against HAProxy with as many servers to check.</summary>
internal static class BackgroundScenario
{
    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListener listener = new(hasManyAddresses: true);
        BackgroundPlan plan = new(bench, listener);
        (BackgroundFigures failover, FailoverLateness lateness) = await MeasureFailoverAsync(plan, TcpClose.Rst);
        BackgroundFigures haproxy = await MeasureHaproxyAsync(plan, TcpClose.Rst);
        (BackgroundFigures failoverFin, _) = await MeasureFailoverAsync(plan, TcpClose.Fin);
        BackgroundFigures haproxyFin = await MeasureHaproxyAsync(plan, TcpClose.Fin);
        return string.Join(
            '\n',
            plan.Table([failover, haproxy, failoverFin, haproxyFin]),
            lateness.Table(plan),
            await DeadTargetsAsync(plan)
        );
    }

    private static async Task<(BackgroundFigures, FailoverLateness)> MeasureFailoverAsync(
        BackgroundPlan plan,
        TcpClose close
    )
    {
        Bench.Say($"{plan.Checks} background checks, Failover, {close}");
        await using FailoverServer server = await FailoverServer.StartAsync(plan.Bench, plan.Order(close));
        double first = await plan.WhenAllHaveResultsAsync(server);
        await plan.SettleAsync();
        await server.ReportAsync(plan.Bench.Stop);
        BackgroundFigures figures = await plan.WatchAsync(server, "Failover", close);
        ServedFigures served = await server.ReportAsync(plan.Bench.Stop);
        if (served.Ok != plan.Checks)
        {
            throw new BenchException($"{served.Ok} of {plan.Checks} components are ok");
        }

        return (figures, new(first, served));
    }

    private static async Task<BackgroundFigures> MeasureHaproxyAsync(BackgroundPlan plan, TcpClose close)
    {
        Bench.Say($"{plan.Checks} background checks, HAProxy, {close}");
        await using Subject server = await HaproxyServer.StartAsync(plan.Bench, plan.HaproxySections(close));
        // Its first checks are spread over an interval.
        await plan.SettleAsync();
        await plan.SettleAsync();
        return await plan.WatchAsync(server, "HAProxy", close);
    }

    private static async Task<string> DeadTargetsAsync(BackgroundPlan plan)
    {
        Bench.Say($"{plan.Checks} background checks, 99 % of them dead");
        await using BlackHole hole = await BlackHole.OpenAsync(plan.Bench.Stop);
        ServeOrder order = plan.Order(TcpClose.Fin) with { DeadPort = hole.Port, TimeoutSeconds = 1 };
        await using FailoverServer server = await FailoverServer.StartAsync(plan.Bench, order);
        double first = await plan.WhenAllHaveResultsAsync(server);
        await plan.SettleAsync();
        await server.ReportAsync(plan.Bench.Stop);
        BackgroundFigures figures = await plan.WatchAsync(server, "Failover", TcpClose.Fin);
        ServedFigures served = await server.ReportAsync(plan.Bench.Stop);
        int alive = Enumerable.Range(0, plan.Checks).Count(check => !order.IsDead(check));
        return Tables.Table(
            "Dead targets do not delay the others",
            $"Failover with {plan.Checks:N0} background checks every {plan.Interval.TotalSeconds} s, of which all but {alive} look "
                + "at a port that never answers, until their timeout of 1 s. "
                + "“Deviation” is that of the others' interval, as their listener sees it.",
            ["figure", "value"],
            [
                ["first result of all", $"{Number.Text(first)} s"],
                ["components that are ok at the end", $"{served.Ok} of {alive} that are up"],
                ["lateness of all, p50 / p99 / max", FailoverLateness.Text(served)],
                ["deviation of the others, p50 / p99 / max", $"{figures.Deviation}"],
                ["CPU-µs/check", Number.Text(figures.CpuPerCheck)],
                ["RSS", $"{Number.Text(figures.ResidentMegabytes)} MB"],
            ]
        );
    }
}

/// <summary>What the schedulers of background checks gave.</summary>
internal sealed record BackgroundFigures(
    string Name,
    TcpClose Close,
    double ChecksPerSecond,
    double CpuPerCheck,
    double ResidentMegabytes,
    double? AllLookedAtSeconds,
    Deviation Deviation
);

/// <summary>How far the time between two looks at a target is from the interval, either way.</summary>
internal sealed record Deviation(Distribution Milliseconds)
{
    /// <param name="arrivals">In the order of time.</param>
    /// <param name="interval">What it should be.</param>
    /// <param name="from">Looks before this <see cref="Stopwatch"/> time are left out.</param>
    public static Deviation Of(IEnumerable<TargetListener.Arrival> arrivals, TimeSpan interval, long from)
    {
        Dictionary<int, long> last = [];
        List<double> deviations = [];
        foreach (TargetListener.Arrival arrival in arrivals.Where(arrival => arrival.At >= from))
        {
            if (last.TryGetValue(arrival.Target, out long before))
            {
                deviations.Add((Stopwatch.GetElapsedTime(before, arrival.At) - interval).Duration().TotalMilliseconds);
            }

            last[arrival.Target] = arrival.At;
        }

        return new(new Distribution(deviations));
    }

    public override string ToString() =>
        Milliseconds.Count == 0
            ? "not seen"
            : $"{Number.Text(Milliseconds.At(0.5))} / {Number.Text(Milliseconds.At(0.99))} / {Number.Text(Milliseconds.At(1))} ms";
}

/// <summary>What only Failover tells: how late its turns began, and when all had a first result.</summary>
internal sealed record FailoverLateness(double FirstResultsSeconds, ServedFigures Served)
{
    public string Table(BackgroundPlan plan) =>
        Tables.Table(
            "Lateness, as Failover itself tells",
            $"The histogram `failover.background.lateness` of the meter `Failover`, over {Served.Turns:N0} turns of the first run "
                + "above. HAProxy has no such figure; the deviation above was measured for both in the same way.",
            ["figure", "value"],
            [
                ["lateness p50 / p99 / max", Text(Served)],
                ["first result of all, from the start of the server", $"{Number.Text(FirstResultsSeconds)} s"],
                ["components that are ok at the end", $"{Served.Ok:N0} of {plan.Checks:N0}"],
            ]
        );

    public static string Text(ServedFigures served) =>
        $"{Milliseconds(served.LatenessP50)} / {Milliseconds(served.LatenessP99)} / {Milliseconds(served.LatenessMax)} ms";

    private static string Milliseconds(double? seconds) => Number.Text(1000 * (seconds ?? double.NaN));
}
