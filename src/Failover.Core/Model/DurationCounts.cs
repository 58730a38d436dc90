using System.Collections.Immutable;

namespace Failover;

/// <summary>Counts durations by length, as a histogram of Prometheus does: for each bound, how many were at most so long. One thread at a time
/// uses it; for others it is copied.</summary>
internal sealed class DurationCounts
{
    private readonly long[] counts;
    private long ticks;

    /// <summary>Counts by these bounds.</summary>
    /// <param name="bounds">In seconds, ascending. A duration of exactly a bound is at most that.</param>
    public DurationCounts(ImmutableArray<double> bounds)
    {
        Bounds = bounds;
        counts = new long[bounds.Length + 1];
    }

    private DurationCounts(DurationCounts other)
    {
        Bounds = other.Bounds;
        counts = [.. other.counts];
        ticks = other.ticks;
    }

    /// <summary>In seconds, ascending. What is longer than the last one is counted as well.</summary>
    public ImmutableArray<double> Bounds { get; }

    /// <summary>The sum of all, in seconds.</summary>
    public double Sum => (double)ticks / TimeSpan.TicksPerSecond;

    /// <summary>How many there were above the bound before and at most at this one; behind the last bound, how many above that.</summary>
    public IReadOnlyList<long> Counts => counts;

    /// <summary>Counts one. A negative duration, of a clock that was set, counts as none.</summary>
    public void Add(TimeSpan duration)
    {
        double seconds = Math.Max(0, duration.TotalSeconds);
        int at = 0;
        while (at < Bounds.Length && seconds > Bounds[at])
        {
            at++;
        }

        counts[at]++;
        ticks += Math.Max(0, duration.Ticks);
    }

    /// <summary>What is counted now.</summary>
    public DurationCounts Copy() => new(this);
}
