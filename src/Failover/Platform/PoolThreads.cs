namespace Failover;

/// <summary>Raises the minimum of the thread pool while its threads are blocked, and lowers it as they come back. Called by one thread
/// at a time.</summary>
/// <remarks>Up to its minimum the pool makes a thread as soon as there is work for it; above, about two a second (.NET 10). A blocked
/// thread takes no more than its stack, so that too many for a while are better than an answer that does not come.</remarks>
internal sealed class PoolThreads
{
    /// <summary>So many threads the pool has at most because of us; work that blocks more than these is not made up for.</summary>
    public const int Most = 4096;

    // Beyond those that are blocked: for the answers.
    private const int Spare = 16;

    private readonly int most = ThreadLimit.UpTo(Most);
    private int? usual;

    /// <summary>Lets the pool have a thread for everything that waits for one, and some to spare.</summary>
    /// <returns>How many more it may have than it usually has.</returns>
    public int Raise()
    {
        ThreadPool.GetMinThreads(out int minimum, out int completion);
        usual ??= minimum;
        ThreadPool.GetMaxThreads(out int maximum, out _);
        long wanted = Busy + ThreadPool.PendingWorkItemCount + Spare;
        int next = (int)Math.Min(wanted, Math.Min(most, maximum));
        if (next > minimum && ThreadPool.SetMinThreads(next, completion))
        {
            minimum = next;
        }

        return minimum - usual.Value;
    }

    /// <summary>Takes back what is no longer needed.</summary>
    public void Lower() => LowerTo(Busy + Spare);

    /// <summary>Takes back everything.</summary>
    public void Restore() => LowerTo(0);

    private static int Busy
    {
        get
        {
            ThreadPool.GetMaxThreads(out int maximum, out _);
            ThreadPool.GetAvailableThreads(out int available, out _);
            return maximum - available;
        }
    }

    private void LowerTo(int wanted)
    {
        if (usual is not { } least)
        {
            return;
        }

        ThreadPool.GetMinThreads(out int minimum, out int completion);
        // Two busy threads are no reason to keep sixteen more.
        int next = wanted <= least + Spare + Spare ? least : wanted;
        if (next < minimum)
        {
            ThreadPool.SetMinThreads(next, completion);
        }

        usual = next == least ? null : usual;
    }
}
