namespace Failover;

/// <summary>A component that is answered from memory, against the two programs that are known for answering fast.</summary>
internal static class HttpScenario
{
    private const int Connections = 64;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        LoadFigures[][] one = await MeasureAsync(bench, targets, cores: 1);
        Judge(bench, one[0], one[1]);
        const string cost = "CPU-µs a request, on one core: less is better";
        bench.Plots.Add(
            "polls",
            cost,
            Plot.Bars(cost, [Group("keep-alive", one[0]), Group("a connection each", one[1])])
        );
        string tables = TextOf(one, 1);
        if (Cores.Count == 1)
        {
            return tables;
        }

        LoadFigures[][] two = await MeasureAsync(bench, targets, cores: 2);
        const string rate = "Requests/s with 1 and 2 cores, keep-alive (the load shares the second): more is better";
        bench.Plots.Add(
            "polls-cores",
            rate,
            Plot.Lines(
                rate,
                "cores",
                isLogarithmic: false,
                [
                    .. one[0]
                        .Zip(
                            two[0],
                            (few, many) =>
                                new PlotLine(few.Name, [(1, few.PerSecond.Median), (2, many.PerSecond.Median)])
                        ),
                ]
            )
        );
        return $"{tables}\n{TextOf(two, 2)}";
    }

    private static PlotGroup Group(string name, LoadFigures[] figures) =>
        new(name, [.. figures.Select(figure => (figure.Name, figure.CpuPerRequest.Median))]);

    private static void Judge(Bench bench, LoadFigures[] kept, LoadFigures[] closed)
    {
        (string Name, double MostKept, double MostClosed)[] peers = [("HAProxy", 0.75, 0.9), ("nginx", 0.9, 1.05)];
        foreach ((string name, double most, _) in peers)
        {
            bench.Verdicts.AtMostTimes(
                "GET, keep-alive: CPU-µs",
                name,
                kept[0].CpuPerRequest,
                Of(kept, name)?.CpuPerRequest,
                most
            );
        }

        foreach ((string name, _, _) in peers)
        {
            bench.Verdicts.AtLeastTimes(
                "GET, keep-alive: requests/s",
                name,
                kept[0].PerSecond,
                Of(kept, name)?.PerSecond,
                1
            );
        }

        foreach ((string name, _, double most) in peers)
        {
            bench.Verdicts.AtMostTimes(
                "GET, a connection each: CPU-µs",
                name,
                closed[0].CpuPerRequest,
                Of(closed, name)?.CpuPerRequest,
                most
            );
        }
    }

    private static LoadFigures? Of(LoadFigures[] figures, string name) =>
        Array.Find(figures, figure => figure.Name.Equals(name, StringComparison.Ordinal));

    /// <summary>With keep-alive, and with a connection for each request.</summary>
    private static async Task<LoadFigures[][]> MeasureAsync(Bench bench, TargetListeners targets, int cores)
    {
        ChecksPlan plan = new(Count: 1, targets.Ports);
        await using DaemonServer failover = await DaemonServer.StartAsync(bench, plan, cores);
        await using HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, plan, threads: cores);
        await using NginxServer? nginx = await NginxServer.StartAsync(bench, workers: cores);
        await failover.WhenAllOkAsync(bench.Stop);
        (string, string)[][] headers =
        [
            [],
            [("Connection", "close")],
        ];
        List<LoadFigures[]> figures = [];
        foreach ((string, string)[] each in headers)
        {
            Wrk own = Wrk.For(bench, Connections, ["/c0"], each);
            Wrk its = Wrk.For(bench, Connections, ["/health"], each);
            figures.Add(
                await LoadRounds.RunAsync(
                    bench,
                    Load.OfThose(("Failover", failover, own), ("HAProxy", haproxy, its), ("nginx", nginx, its)),
                    bench.Full(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))
                )
            );
        }

        return [.. figures];
    }

    private static string TextOf(LoadFigures[][] figures, int cores)
    {
        string text =
            $"A background component, HAProxy's `monitor-uri` with `monitor fail if {{ nbsrv(targets) lt 1 }}` (`nbthread {cores}`) and "
            + $"nginx's `return 200` (`worker_processes {cores}`); wrk with {Connections} connections: median (lowest–highest).";
        string on = cores == 1 ? "one core" : "two cores, the second shared with the load";
        return string.Join(
            '\n',
            LoadRounds.Table($"Answers from memory, keep-alive, {on}", text, "request", figures[0]),
            LoadRounds.Table($"Answers from memory, a connection each, {on}", text, "request", figures[1])
        );
    }
}
