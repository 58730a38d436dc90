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
internal sealed record Load(string Name, Subject Server, Wrk Requests);

/// <summary>Has servers answer requests in turns, so that whatever else the machine does falls on all of them alike.</summary>
internal static class LoadRounds
{
    public static async Task<LoadFigures[]> RunAsync(
        Bench bench,
        IReadOnlyList<Load> loads,
        int rounds,
        TimeSpan duration
    )
    {
        LoadFigures[] figures = [.. loads.Select(load => new LoadFigures(load.Name))];
        // Not counted: compilation, and whatever else only happens at first.
        foreach (Load load in loads)
        {
            await load.Requests.RunAsync(load.Server.Port, bench.Full(3 * duration / 4, duration), bench.Stop);
        }

        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < loads.Count; i++)
            {
                Load load = loads[i];
                ProcessFigures before = load.Server.Figures;
                Wrk.Outcome outcome = await load.Requests.RunAsync(load.Server.Port, duration, bench.Stop);
                TimeSpan cpu = load.Server.Figures.Cpu - before.Cpu;
                if (outcome.Requests == 0)
                {
                    throw new BenchException($"{load.Name} answered nothing");
                }

                figures[i].PerSecond.Add(outcome.PerSecond);
                figures[i].CpuPerRequest.Add(cpu.TotalMicroseconds / outcome.Requests);
                figures[i].P99Milliseconds.Add(outcome.P99.TotalMilliseconds);
                figures[i].Requests += outcome.Requests;
                figures[i].Refused += outcome.Refused;
                Bench.Say(
                    $"  round {round + 1} of {rounds}, {load.Name}: {Number.Text(outcome.PerSecond)}/s, "
                        + $"{Number.Text(cpu.TotalMicroseconds / outcome.Requests)} CPU-µs each, {outcome.Refused} refused"
                );
            }
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
            ["", $"{one}s/s", "of Failover's", $"CPU-µs/{one}", "of Failover's", "p99 ms", "not 2xx or broken"],
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

    /// <summary>How many times as much as the first server another one has.</summary>
    public static string Ratio(Series first, Series other) => $"{Number.Text(other.Median / first.Median)} ×";
}
