namespace Failover;

/// <summary>What has happened and is not in a roll-up yet: probes, and what components served from when on. Whoever makes roll-ups takes it
/// away, where nobody waits for it.</summary>
/// <remarks>Where that does not come in time, the oldest entries are lost: the memory is bounded.</remarks>
internal sealed class HistoryLog
{
    // 32 KiB, and 2 MiB.
    private const int PageLength = 1024;
    private const int MostPages = 64;

    private readonly Queue<HistoryEntry[]> full = [];
    private readonly Stack<HistoryEntry[]> spare = [];
    private HistoryEntry[]? open;
    private int used;

    /// <summary>Whether so much is there that it should be taken soon.</summary>
    public bool IsFilling => full.Count > 0;

    /// <summary>How many entries were lost because nobody took them in time.</summary>
    public long Lost { get; private set; }

    /// <summary>Adds one. Its time is not before that of the last one.</summary>
    public void Add(HistoryEntry entry)
    {
        open ??= spare.TryPop(out HistoryEntry[]? empty) ? empty : new HistoryEntry[PageLength];
        open[used++] = entry;
        if (used < PageLength)
        {
            return;
        }

        full.Enqueue(open);
        (open, used) = (null, 0);
        if (full.Count > MostPages)
        {
            HistoryEntry[] oldest = full.Dequeue();
            Lost += PageLength;
            // What has been removed is not kept alive by it.
            Array.Clear(oldest);
            spare.Push(oldest);
        }
    }

    /// <summary>Takes all that is there.</summary>
    /// <param name="pages">Takes it, in order.</param>
    public void TakeAll(List<ArraySegment<HistoryEntry>> pages)
    {
        while (full.TryDequeue(out HistoryEntry[]? page))
        {
            pages.Add(page);
        }

        if (open is not null)
        {
            pages.Add(new(open, 0, used));
            (open, used) = (null, 0);
        }
    }

    /// <summary>Gives back what was taken, cleared: it is used again.</summary>
    public void GiveBack(List<ArraySegment<HistoryEntry>> pages)
    {
        foreach (ArraySegment<HistoryEntry> page in pages)
        {
            if (spare.Count < MostPages)
            {
                spare.Push(page.Array!);
            }
        }

        pages.Clear();
    }
}

/// <summary>An entry of a <see cref="HistoryLog"/>.</summary>
/// <param name="Subject">A <see cref="Node"/>: it was probed. A <see cref="ServedComponent"/>: it serves a state. Null: this process did not
/// run.</param>
/// <param name="At">When the probe was reported, the state published, or the pause over.</param>
/// <param name="Length">How long the probe took, for how long at most it is known that the state is what it is, or how long the pause
/// was.</param>
/// <param name="State">What was seen, or is served.</param>
internal readonly record struct HistoryEntry(object? Subject, Instant At, TimeSpan Length, HealthState State);
