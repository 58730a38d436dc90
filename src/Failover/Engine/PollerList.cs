namespace Failover;

/// <summary>Who has polled a component last. Read without a lock.</summary>
/// <remarks>A full list takes a new one in the place of whoever has not polled for the longest, but each keeps its place for a second: a flood of
/// invented names changes it, and allocates, no faster than that.</remarks>
internal sealed class PollerList
{
    /// <summary>The most of one component.</summary>
    public const int Most = 16;

    /// <summary>The most of all components: some 4 MB, at up to 250 bytes each. Where there are many components, each has fewer; but each has
    /// one.</summary>
    public const int MostInAll = 16_384;

    private const long ShortestStay = TimeSpan.TicksPerSecond;

    private readonly Lock gate = new();
    private Poller[] all = [];

    // When the next may be taken, in ticks of UTC.
    private long nextAt;

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<Poller> All => Volatile.Read(ref all);

    /// <summary>Finds one, or adds it.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="agent">What it calls itself; the beginning counts.</param>
    /// <param name="at">Now, by the wall clock, in ticks of UTC.</param>
    /// <param name="components">How many components there are.</param>
    /// <returns>Null where there is no place for it at this moment.</returns>
    public Poller? FindOrAdd(ClientAddress address, ReadOnlySpan<byte> agent, long at, int components)
    {
        agent = agent[..Math.Min(agent.Length, Poller.LongestAgent)];
        if (Find(address, agent) is { } known)
        {
            return known;
        }

        // A clock that was set back is no reason to wait.
        long next = Volatile.Read(ref nextAt);
        if (at < next && next - at <= ShortestStay)
        {
            return null;
        }

        lock (gate)
        {
            return Find(address, agent) ?? Add(new(address, agent.ToArray(), at), at, components);
        }
    }

    private Poller? Find(ClientAddress address, ReadOnlySpan<byte> agent)
    {
        foreach (Poller one in Volatile.Read(ref all))
        {
            if (one.Is(address, agent))
            {
                return one;
            }
        }

        return null;
    }

    private Poller? Add(Poller added, long at, int components)
    {
        int most = Math.Clamp(MostInAll / Math.Max(components, 1), 1, Most);
        // From the one that polled last to the one that did so longest ago.
        Poller[] kept = [.. all.OrderByDescending(one => one.Last)];
        Poller[] replaced = kept.Length < most ? [] : [.. kept.Skip(most - 1)];
        if (replaced.FirstOrDefault(one => Math.Abs(at - one.Since) < ShortestStay) is { } newcomer)
        {
            Volatile.Write(ref nextAt, newcomer.Since + ShortestStay);
            return null;
        }

        Volatile.Write(ref all, [.. kept.Take(most - 1), added]);
        foreach (Poller one in replaced)
        {
            one.IsListed = false;
        }

        return added;
    }
}
