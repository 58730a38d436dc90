namespace Failover;

/// <summary>What a poll and a check cost with few and with very many components, with one core and with two.</summary>
internal static class ScalingScenario
{
    private const int Connections = 64;

    // Checks a second from so many components on; fewer check every second.
    private const int Rate = 1000;

    // How far from the cost with few components that with most may be, to be called flat.
    private const double Flat = 1.25;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        int[] counts = bench.Full([10, 100, 1_000, 10_000, 100_000], (int[])[10, 100, 1_000, 10_000]);
        int[] cores = Cores.Count > 1 ? [1, 2] : [1];
        List<ScalingFigures> polls = [];
        List<ScalingFigures> checks = [];
        foreach (int count in cores)
        {
            polls.Add(await PollsAsync(bench, targets, counts, count));
            checks.Add(await ChecksAsync(bench, targets, counts, count));
        }

        const string pollTitle = "CPU-µs a poll against components";
        const string checkTitle = "CPU-µs a check against components";
        bench.Plots.Add("scaling-polls", pollTitle, Draw(pollTitle, polls));
        bench.Plots.Add("scaling-checks", checkTitle, Draw(checkTitle, checks));
        Judge(bench, "cost a poll", polls[0], counts[0], counts);
        Judge(bench, $"cost a check, {Rate:N0}/s", checks[0], Rate, counts);
        return Tables.Table(
            "Cost against components and cores",
            $"CPU-µs: polls by wrk over {Connections} connections of 64 components in turn (of as many as there are, where they are fewer), "
                + $"whose checks are hourly; TCP checks every second, and {Rate:N0} a second from {Rate:N0} components on.",
            ["", .. counts.Select(count => $"{count:N0}")],
            [.. polls.Select(line => line.Row(counts)), .. checks.Select(line => line.Row(counts))]
        );
    }

    private static void Judge(Bench bench, string work, ScalingFigures figures, int few, int[] counts)
    {
        int most = counts[^1];
        if (figures.Refusal is { } refusal)
        {
            bench.Verdicts.Refused($"{work}, {most:N0} components", $"≤ {Flat} ×", $"refused: {refusal}");
            return;
        }

        bench.Verdicts.AtMostTimes(
            $"{work}, {most:N0} components: CPU-µs",
            $"{few:N0} components",
            figures.Cost[most],
            figures.Cost[few],
            Flat
        );
    }

    private static async Task<ScalingFigures> PollsAsync(Bench bench, TargetListeners targets, int[] counts, int cores)
    {
        ScalingFigures figures = new("poll", cores);
        List<DaemonServer> servers = [];
        List<Load> loads = [];
        List<int> served = [];
        try
        {
            foreach (int count in counts)
            {
                ChecksPlan plan = new(count, targets.Ports) { IntervalSeconds = 3600 };
                if (await StartAsync(bench, plan, cores, figures) is { } server)
                {
                    servers.Add(server);
                    served.Add(count);
                    loads.Add(new($"{count:N0} components", server, Wrk.For(bench, Connections, plan.Polled)));
                }
            }

            LoadFigures[] all = await LoadRounds.RunAsync(bench, loads, TimeSpan.FromSeconds(1));
            for (int i = 0; i < all.Length; i++)
            {
                figures.Cost[served[i]] = all[i].CpuPerRequest;
            }
        }
        finally
        {
            foreach (DaemonServer server in servers)
            {
                await server.DisposeAsync();
            }
        }

        return figures;
    }

    private static async Task<ScalingFigures> ChecksAsync(Bench bench, TargetListeners targets, int[] counts, int cores)
    {
        ScalingFigures figures = new("check", cores);
        foreach (int count in counts)
        {
            ChecksPlan plan = new(count, targets.Ports) { IntervalSeconds = Math.Max(1, count / Rate) };
            await using DaemonServer? server = await StartAsync(bench, plan, cores, figures);
            if (server is null)
            {
                continue;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), bench.Stop);
            Series cost = figures.Cost[count] = new();
            for (int round = 0; round < bench.Rounds; round++)
            {
                CheckSample sample = await Checkers.WatchAsync(bench, server, TimeSpan.FromSeconds(1.5));
                cost.Add(sample.CpuPerCheck);
            }

            Bench.Say($"  {count:N0} components, {figures.CoresText}: {cost} CPU-µs a check");
        }

        return figures;
    }

    // Null where it does not start: so many components are refused.
    private static async Task<DaemonServer?> StartAsync(Bench bench, ChecksPlan plan, int cores, ScalingFigures figures)
    {
        DaemonServer? server = null;
        try
        {
            server = await DaemonServer.StartAsync(bench, plan, cores);
            await server.WhenAsync(
                async () => await server.IsOkAsync(plan.Changed, bench.Stop) is true,
                TimeSpan.FromMilliseconds(20),
                bench.Stop
            );
            return server;
        }
        catch (BenchException fault)
        {
            figures.Refusal = fault.Message.ReplaceLineEndings(" ");
            Bench.Say($"  {plan.Count:N0} are refused: {figures.Refusal}");
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
            return null;
        }
    }

    private static string Draw(string title, IEnumerable<ScalingFigures> lines) =>
        Plot.Lines(
            title,
            "components",
            isLogarithmic: true,
            [
                .. lines.Select(line => new PlotLine(
                    line.CoresText,
                    [.. line.Cost.OrderBy(cost => cost.Key).Select(cost => ((double)cost.Key, cost.Value.Median))]
                )),
            ]
        );
}

/// <summary>What one thing cost, by the number of components.</summary>
/// <param name="one">What: <c>poll</c> or <c>check</c>.</param>
/// <param name="cores">On how many cores.</param>
internal sealed class ScalingFigures(string one, int cores)
{
    public Dictionary<int, Series> Cost { get; } = [];

    /// <summary>Why the most components were not served; null where they were.</summary>
    public string? Refusal { get; set; }

    public string CoresText => cores == 1 ? "1 core" : $"{cores} cores";

    public string[] Row(int[] counts) =>
        [
            $"CPU-µs a {one}, {CoresText}",
            .. counts.Select(count => Cost.TryGetValue(count, out Series? cost) ? $"{cost}" : "refused"),
        ];
}
