namespace Failover;

/// <summary>What several rounds of requests against one server gave.</summary>
internal sealed class LoadFigures(string name)
{
    public string Name => name;

    public Series PerSecond { get; } = new();

    /// <summary>CPU time of the server, user and system, in microseconds for each answer.</summary>
    public Series CpuPerRequest { get; } = new();

    public Series P99Milliseconds { get; } = new();

    public long Requests { get; set; }

    public long Refused { get; set; }
}

/// <summary>A server, and the requests that it is to answer.</summary>
internal sealed record Load(string Name, Subject Server, Wrk Requests)
{
    /// <summary>Those of them whose server is not missing.</summary>
    public static Load[] OfThose(params IEnumerable<(string Name, Subject? Server, Wrk Requests)> loads) =>
        [
            .. loads
                .Where(load => load.Server is not null)
                .Select(load => new Load(load.Name, load.Server!, load.Requests)),
        ];
}

/// <summary>Has servers answer requests in turns, so that whatever else the machine does falls on all of them alike.</summary>
internal static class LoadRounds
{
    public static async Task<LoadFigures[]> RunAsync(Bench bench, IReadOnlyList<Load> loads, TimeSpan duration)
    {
        LoadFigures[] figures = [.. loads.Select(load => new LoadFigures(load.Name))];
        // Not counted: whatever only happens at first.
        foreach (Load load in loads)
        {
            await load.Requests.RunAsync(load.Server.Port, TimeSpan.FromSeconds(1), bench.Stop);
        }

        for (int round = 0; round < bench.Rounds; round++)
        {
            for (int i = 0; i < loads.Count; i++)
            {
                await MeasureAsync(bench, loads[i], figures[i], duration);
            }
        }

        foreach (LoadFigures each in figures)
        {
            Bench.Say($"  {each.Name}: {each.PerSecond}/s, {each.CpuPerRequest} CPU-µs each, {each.Refused} refused");
        }

        return figures;
    }

    /// <summary>A row for each server.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="text">What was measured.</param>
    /// <param name="one">What an answer stands for: <c>request</c> or <c>check</c>.</param>
    /// <param name="figures">Failover's first.</param>
    public static string Table(string heading, string text, string one, LoadFigures[] figures) =>
        Tables.Table(
            heading,
            text,
            [
                "",
                $"{one}s/s",
                "Failover's over it",
                $"CPU-µs/{one}",
                "Failover's over it",
                "p99 ms",
                "not 2xx or broken",
            ],
            figures.Select(figure =>
                (string[])
                    [
                        figure.Name,
                        $"{figure.PerSecond}",
                        Ratio(figures[0].PerSecond, figure.PerSecond),
                        $"{figure.CpuPerRequest}",
                        Ratio(figures[0].CpuPerRequest, figure.CpuPerRequest),
                        $"{figure.P99Milliseconds}",
                        $"{figure.Refused}",
                    ]
            )
        );

    /// <summary>How many times as much as another server Failover has.</summary>
    public static string Ratio(Series own, Series other) =>
        own == other ? "" : $"{Number.Text(own.Median / other.Median)} × ({own.Over(other).Range})";

    private static async Task MeasureAsync(Bench bench, Load load, LoadFigures figures, TimeSpan duration)
    {
        ProcessFigures before = load.Server.Figures;
        Wrk.Outcome outcome = await load.Requests.RunAsync(load.Server.Port, duration, bench.Stop);
        TimeSpan cpu = load.Server.Figures.Cpu - before.Cpu;
        if (outcome.Requests == 0)
        {
            throw new BenchException($"{load.Name} answered nothing");
        }

        figures.PerSecond.Add(outcome.PerSecond);
        figures.CpuPerRequest.Add(cpu.TotalMicroseconds / outcome.Requests);
        figures.P99Milliseconds.Add(outcome.P99.TotalMilliseconds);
        figures.Requests += outcome.Requests;
        figures.Refused += outcome.Refused;
    }
}
