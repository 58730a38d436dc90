namespace Failover;

/// <summary>A request that makes one TCP check, against the exporter that does the same for Prometheus, and against a loop that does
/// nothing else.</summary>
internal static class OnDemandScenario
{
    // A component is asked for again long after its check has ended, so that no two requests share one.
    private const int Components = 1024;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan plan = new(Components, targets.Ports) { IsOnDemand = true };
        await using DaemonServer failover = await DaemonServer.StartAsync(bench, plan);
        await using BlackboxExporter? exporter = await BlackboxExporter.StartAsync(bench, plan);
        TimeSpan duration = Checkers.OnDemandTime(bench);
        CheckFigures[] figures = await CheckRounds.RunAsync(
            bench,
            Checkers.OnDemand(bench, failover, [.. Enumerable.Range(0, Components).Select(i => $"/c{i}")]),
            Checkers.OnDemand(bench, exporter, BlackboxExporter.PathsOf(plan), "blackbox_exporter"),
            new("bare C loop", () => ConnectLoop.RunAsync(targets.Ports[0], rate: 0, duration, bench.Stop))
        );
        const string work = "on-demand TCP component: checks a CPU-second";
        Series own = figures[0].PerCpuSecond;
        bench.Verdicts.AtLeastTimes(work, "blackbox_exporter", own, figures[1].PerCpuSecond, 12);
        bench.Verdicts.AtLeastTimes(work, "bare C loop", own, figures[2].PerCpuSecond, 0.6);
        return Tables.Table(
            "TCP checks on demand",
            "Each request makes one connection to a listener of the loopback (the kernel's count of connections is compared with "
                + "that of answers); wrk with 16 connections, and the loop with as many checks at a time. Each on one core.",
            CheckRounds.Columns,
            CheckRounds.Rows("on demand", figures)
        );
    }
}
