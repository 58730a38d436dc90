namespace Failover;

/// <summary>What a program that checks by itself used.</summary>
/// <param name="PerSecond">Checks in a second.</param>
/// <param name="CpuPerCheck">User and system time, in microseconds.</param>
/// <param name="ResidentMegabytes">Memory at the end.</param>
internal readonly record struct CheckSample(double PerSecond, double CpuPerCheck, double ResidentMegabytes);

/// <summary>What several rounds of checks of one program gave.</summary>
internal sealed class CheckFigures(string name)
{
    public string Name => name;

    public Series PerSecond { get; } = new();

    /// <summary>CPU time, user and system, in microseconds for each check.</summary>
    public Series CpuPerCheck { get; } = new();

    /// <summary>Checks that a core makes in a second of its time.</summary>
    public Series PerCpuSecond { get; } = new();

    public Series ResidentMegabytes { get; } = new();

    public bool IsMissing => PerSecond.Count == 0;

    public void Add(CheckSample sample)
    {
        PerSecond.Add(sample.PerSecond);
        CpuPerCheck.Add(sample.CpuPerCheck);
        PerCpuSecond.Add(1e6 / sample.CpuPerCheck);
        ResidentMegabytes.Add(sample.ResidentMegabytes);
    }
}

/// <summary>Has programs check in turns, each started anew for its round and alone.</summary>
internal static class CheckRounds
{
    public static async Task<CheckFigures[]> RunAsync(Bench bench, params Checker[] checkers)
    {
        CheckFigures[] figures = [.. checkers.Select(checker => new CheckFigures(checker.Name))];
        for (int round = 0; round < bench.Rounds; round++)
        {
            for (int i = 0; i < checkers.Length; i++)
            {
                if (await checkers[i].SampleAsync() is { } sample)
                {
                    figures[i].Add(sample);
                }
            }
        }

        foreach (CheckFigures each in figures.Where(each => !each.IsMissing))
        {
            Bench.Say($"  {each.Name}: {each.CpuPerCheck} CPU-µs each, {each.PerSecond}/s");
        }

        return figures;
    }

    /// <summary>A row for each program that is there.</summary>
    public static IEnumerable<string[]> Rows(string rate, CheckFigures[] figures) =>
        figures
            .Where(figure => !figure.IsMissing)
            .Select(figure =>
                (string[])
                    [
                        $"{figure.Name}, {rate}",
                        $"{figure.PerSecond}",
                        $"{figure.CpuPerCheck}",
                        LoadRounds.Ratio(figures[0].CpuPerCheck, figure.CpuPerCheck),
                        figure.ResidentMegabytes.Median == 0 ? "" : $"{figure.ResidentMegabytes}",
                    ]
            );

    /// <summary>What a check costs each of them.</summary>
    public static PlotGroup Group(string name, CheckFigures[] figures) =>
        new(
            name,
            [.. figures.Where(figure => !figure.IsMissing).Select(figure => (figure.Name, figure.CpuPerCheck.Median))]
        );

    /// <summary>What stands above <see cref="Rows"/>.</summary>
    public static string[] Columns { get; } = ["", "checks/s", "CPU-µs/check", "Failover's over it", "RSS MB"];
}
