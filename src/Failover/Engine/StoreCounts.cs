using System.Collections.Immutable;

namespace Failover;

/// <summary>Counts the writes whose acknowledgement is awaited: proposals, and writes of latches.</summary>
internal sealed class StoreCounts(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly DurationCounts durations = new(Bounds);
    private int pending;

    /// <summary>From a fast disk to the time at which a proposal is given up, and beyond.</summary>
    public static ImmutableArray<double> Bounds { get; } =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>How many are handed over and not acknowledged.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>How long those took that are stored.</summary>
    public DurationCounts Durations
    {
        get
        {
            lock (gate)
            {
                return durations.Copy();
            }
        }
    }

    /// <summary>One is handed over.</summary>
    /// <returns>The moment, for <see cref="End"/>.</returns>
    public long Begin()
    {
        Interlocked.Increment(ref pending);
        return time.GetTimestamp();
    }

    /// <summary>It is known what became of it.</summary>
    public void End(long begun, bool isStored)
    {
        Interlocked.Decrement(ref pending);
        if (isStored)
        {
            lock (gate)
            {
                durations.Add(time.GetElapsedTime(begun));
            }
        }
    }
}
