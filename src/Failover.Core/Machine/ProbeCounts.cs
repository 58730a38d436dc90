using System.Collections.Immutable;

namespace Failover;

/// <summary>Counts the probes of one kind of check.</summary>
internal sealed class ProbeCounts
{
    /// <summary>From half a millisecond, for a neighbour, to half a minute, in steps of about two and a half.</summary>
    public static ImmutableArray<double> Bounds { get; } =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly long[] ended = new long[3];

    private ProbeCounts(string kind, DurationCounts durations) => (Kind, Durations) = (kind, durations);

    /// <summary>Begins with none.</summary>
    /// <param name="kind">The kind of check: <c>tcp</c>.</param>
    public ProbeCounts(string kind)
        : this(kind, new DurationCounts(Bounds)) { }

    public string Kind { get; }

    /// <summary>Of those that ended in ok or fail: an error says nothing about the target, and so does what it took.</summary>
    public DurationCounts Durations { get; }

    /// <summary>How many ended so.</summary>
    public long Ended(HealthState state) => ended[(int)state];

    /// <summary>Counts one.</summary>
    public void Add(HealthState state, TimeSpan took)
    {
        ended[(int)state]++;
        if (state != HealthState.Error)
        {
            Durations.Add(took);
        }
    }

    /// <summary>What is counted now.</summary>
    public ProbeCounts Copy()
    {
        ProbeCounts copy = new(Kind, Durations.Copy());
        ended.CopyTo(copy.ended, 0);
        return copy;
    }
}
