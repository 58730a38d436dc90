namespace Failover;

/// <summary>What several starts gave.</summary>
internal sealed class StartFigures(string name)
{
    public string Name => name;

    /// <summary>Until the first answer that is correct, in milliseconds.</summary>
    public Series Answers { get; } = new();

    /// <summary>What is in memory once all have been checked.</summary>
    public Series ResidentBytes { get; } = new();

    public Series ResidentMegabytes { get; } = new();

    /// <summary>What each of so many is in memory, above a process that has none of them.</summary>
    public Series BytesEach(StartFigures empty, int count)
    {
        Series each = new();
        foreach (double bytes in ResidentBytes.Values)
        {
            each.Add((bytes - empty.ResidentBytes.Median) / count);
        }

        return each;
    }
}

/// <summary>Those of both programs with as many components.</summary>
internal sealed record StartRows(StartFigures Fresh, StartFigures Again, StartFigures Haproxy)
{
    public IReadOnlyList<StartFigures> All => [Fresh, Again, Haproxy];
}
