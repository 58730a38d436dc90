namespace Failover;

/// <summary>Background TCP checks at two rates, against HAProxy with as many servers to check, and against a loop that does
/// nothing else.</summary>
internal static class BackgroundScenario
{
    private static readonly int[] Rates = [1000, 4000];

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        List<string[]> rows = [];
        List<PlotGroup> groups = [];
        foreach (int rate in Rates)
        {
            ChecksPlan plan = new(rate, targets.Ports) { IntervalSeconds = 1 };
            CheckFigures[] figures = await CheckRounds.RunAsync(
                bench,
                Checkers.Failover(bench, plan),
                Checkers.Haproxy(bench, plan),
                new(
                    "bare C loop",
                    () => ConnectLoop.RunAsync(targets.Ports[0], rate, Checkers.WatchTime(bench), bench.Stop)
                )
            );
            string work = $"background TCP check, {rate:N0}/s: CPU-µs";
            bench.Verdicts.AtMostTimes(work, "HAProxy", figures[0].CpuPerCheck, figures[1].CpuPerCheck, 1.1);
            bench.Verdicts.AtMostTimes(work, "bare C loop", figures[0].CpuPerCheck, figures[2].CpuPerCheck, 1.3);
            rows.AddRange(CheckRounds.Rows($"{rate:N0}/s", figures));
            groups.Add(CheckRounds.Group($"TCP, {rate:N0}/s", figures));
        }

        const string title = "CPU-µs a background TCP check, on one core: less is better";
        bench.Plots.Add("checks-tcp", title, Plot.Bars(title, groups));
        return Tables.Table(
            "Background TCP checks",
            "As many components as checks in a second, every second each, against HAProxy (`nbthread 1`) with as many servers, "
                + "`check inter 1s`, and a loop in C that does nothing but connect and reset. Each alone, on one core, and started anew for "
                + "each round.",
            CheckRounds.Columns,
            rows
        );
    }
}
