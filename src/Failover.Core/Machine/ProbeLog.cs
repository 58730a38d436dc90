namespace Failover;

/// <summary>The newest probes of all checks, in a bounded memory: 128 of each, and fewer where there are so many checks that these do not
/// fit.</summary>
/// <remarks>A check that has not been probed takes nothing. Where the memory is used up, a check that has less than its share takes what
/// others have above theirs, the oldest first. Whatever happens, a probe costs some tens of nanoseconds and, once the memory is in use,
/// allocates nothing.</remarks>
/// <param name="budget">How many bytes it may take.</param>
internal sealed class ProbeLog(int budget = ProbeLog.UsualBudget)
{
    /// <summary>How many probes of a check are kept.</summary>
    public const int MostProbes = 128;

    /// <summary>32 MiB.</summary>
    public const int UsualBudget = 32 << 20;

    // So many others are asked for what they have too much: a probe does not take longer because there are many checks.
    private const int MostAsked = 64;

    private readonly List<ProbeRing> rings = [];
    private int blocks;
    private int hand;

    /// <summary>How many bytes it takes.</summary>
    public int Bytes => (rings.Count * ProbeRing.Bytes) + (blocks * ProbeBlock.Bytes);

    /// <summary>Takes a probe.</summary>
    /// <param name="check">The check.</param>
    /// <param name="at">When it ended, by the wall clock.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="seen">What it saw.</param>
    public void Add(Node check, DateTimeOffset at, TimeSpan duration, Observation seen)
    {
        if ((check.Probes ?? Begin(check)) is not { } ring)
        {
            return;
        }

        if (ring.TryAdd(at, duration, seen.State, seen.Reason))
        {
            return;
        }

        if (BlockFor(ring) is { } block)
        {
            ring.Add(block);
        }
        else if (ring.BlockCount == 1)
        {
            ring.HalveOnly();
        }

        if (!ring.TryAdd(at, duration, seen.State, seen.Reason) && ring.BlockCount > 0)
        {
            // Half of the only block was not enough.
            ring.Add(ring.RemoveOldest());
            ring.TryAdd(at, duration, seen.State, seen.Reason);
        }
    }

    /// <summary>Forgets a check.</summary>
    public void Forget(Node check)
    {
        if (check.Probes is not { } ring)
        {
            return;
        }

        check.Probes = null;
        blocks -= ring.BlockCount;
        ProbeRing last = rings[^1];
        rings[ring.Index] = last;
        last.Index = ring.Index;
        rings.RemoveAt(rings.Count - 1);
    }

    private int Share =>
        Math.Max(1, (budget - (rings.Count * ProbeRing.Bytes)) / ProbeBlock.Bytes / Math.Max(1, rings.Count));

    private ProbeRing? Begin(Node check)
    {
        while (Bytes + ProbeRing.Bytes > budget)
        {
            if (TakeFromAnother(except: null) is null)
            {
                return null;
            }

            blocks--;
        }

        ProbeRing ring = new(check) { Index = rings.Count };
        rings.Add(ring);
        check.Probes = ring;
        return ring;
    }

    private ProbeBlock? BlockFor(ProbeRing ring)
    {
        if (ring.CountWithoutOldest >= MostProbes)
        {
            return ring.RemoveOldest();
        }

        if (Bytes + ProbeBlock.Bytes <= budget)
        {
            blocks++;
            return new();
        }

        ProbeBlock? other = ring.BlockCount < Share ? TakeFromAnother(except: ring) : null;
        return other ?? (ring.BlockCount > 1 ? ring.RemoveOldest() : null);
    }

    private ProbeBlock? TakeFromAnother(ProbeRing? except)
    {
        int share = Share;
        for (int i = 0; i < Math.Min(MostAsked, rings.Count); i++)
        {
            hand = hand + 1 < rings.Count ? hand + 1 : 0;
            if (rings[hand] is var other && other != except && other.BlockCount > share)
            {
                return other.RemoveOldest();
            }
        }

        return null;
    }
}
