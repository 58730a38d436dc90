using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Makes a roll-up of each minute of the wall clock from what has happened. One thread at a time uses it.</summary>
/// <param name="take">Takes the minutes.</param>
/// <param name="now">The moment from which on it is fed.</param>
/// <param name="wall">That moment by the wall clock.</param>
internal sealed class RollUpBuilder(Action<RollUpBatch> take, Instant now, DateTimeOffset wall)
{
    private readonly Dictionary<ServedComponent, ServedTimes> served = [];
    private readonly List<ServedComponent> retired = [];
    private readonly ProbeTally probes = new();
    private readonly Dictionary<string, int> rowOf = new(StringComparer.Ordinal);
    private readonly List<RollUpRow> rows = [];
    private readonly LatencySketch.Writer sketches = new();
    private Instant begin = now;
    private Instant end = NextMinute(now, wall);

    /// <summary>Takes what has happened, in order, and then all up to a moment.</summary>
    /// <param name="pages">What has happened.</param>
    /// <param name="upTo">The moment.</param>
    /// <param name="wallClock">That moment by the wall clock.</param>
    public void Add(IEnumerable<ArraySegment<HistoryEntry>> pages, Instant upTo, DateTimeOffset wallClock)
    {
        foreach (ArraySegment<HistoryEntry> page in pages)
        {
            foreach (ref readonly HistoryEntry entry in page.AsSpan())
            {
                EndMinutes(entry.At, upTo, wallClock);
                Add(entry);
            }
        }

        EndMinutes(upTo, upTo, wallClock);
    }

    /// <summary>Ends the minute that is open, early.</summary>
    /// <param name="at">The moment.</param>
    /// <param name="wallClock">That moment by the wall clock.</param>
    public void End(Instant at, DateTimeOffset wallClock) => EndMinute(at, wallClock);

    private void Add(in HistoryEntry entry)
    {
        switch (entry.Subject)
        {
            case Node check:
                // An error says nothing about the target, and so does what it took.
                if (entry.State != HealthState.Error)
                {
                    probes.Add(check, entry.Length);
                }

                break;
            case ServedComponent component:
                ref ServedTimes? times = ref CollectionsMarshal.GetValueRefOrAddDefault(served, component, out _);
                times ??= new();
                times.SettleAt(entry.At);
                times.Serve(entry.State, entry.At, entry.At + entry.Length);
                break;
            default:
                foreach (ServedTimes one in served.Values)
                {
                    one.SettleAt(entry.At, Instant.Max(begin, new(entry.At.SinceStart - entry.Length)));
                }

                break;
        }
    }

    private void EndMinutes(Instant upTo, Instant now, DateTimeOffset wallNow)
    {
        while (end <= upTo)
        {
            EndMinute(end, wallNow - (now - end));
        }
    }

    private void EndMinute(Instant at, DateTimeOffset wallAt)
    {
        // The middle of the time is in the minute, however the clock was set.
        DateTimeOffset middle = wallAt - ((at - begin) / 2);
        RollUpBatch? batch = Batch(
            at,
            new(middle.UtcTicks - (middle.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero)
        );
        begin = at;
        end = NextMinute(at, wallAt);
        if (batch is not null)
        {
            take(batch);
        }
    }

    private RollUpBatch? Batch(Instant at, DateTimeOffset minute)
    {
        foreach ((ServedComponent component, ServedTimes times) in served)
        {
            times.SettleAt(at);
            StateTimes sums = times.Take();
            if (sums != default)
            {
                int row = RowOf(component.Name);
                rows[row] = rows[row] with { Times = rows[row].Times + sums };
            }

            if (component.IsRetired)
            {
                retired.Add(component);
            }
        }

        retired.ForEach(component => served.Remove(component));
        retired.Clear();
        probes.TakeAll(this);
        RollUpBatch? batch =
            rows.Count == 0 ? null : new(minute, ImmutableArray.CreateRange(rows), sketches.Written.ToArray());
        rowOf.Clear();
        rows.Clear();
        sketches.Clear();
        return batch;
    }

    /// <summary>The number of a component's row in the minute that is ended.</summary>
    internal int RowOf(string component)
    {
        ref int row = ref CollectionsMarshal.GetValueRefOrAddDefault(rowOf, component, out bool isThere);
        if (!isThere)
        {
            row = rows.Count;
            rows.Add(new(component, default, Probes: 0, TimeSpan.Zero, SketchAt: 0, SketchLength: 0));
        }

        return row;
    }

    /// <summary>Takes what a component's probes took, for all buckets.</summary>
    internal void Take(int row, ReadOnlySpan<ulong> buckets, TimeSpan longest)
    {
        int at = sketches.Length;
        long count = 0;
        sketches.Begin();
        foreach (ulong one in buckets)
        {
            sketches.Add(ProbeTally.BucketOf(one), ProbeTally.CountOf(one));
            count += ProbeTally.CountOf(one);
        }

        rows[row] = rows[row] with
        {
            Probes = count,
            Longest = longest,
            SketchAt = at,
            SketchLength = sketches.Length - at,
        };
    }

    // Less than a second before it, a minute is as good as over: the next one is meant.
    private static Instant NextMinute(Instant at, DateTimeOffset wallAt)
    {
        TimeSpan left = TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (wallAt.UtcTicks % TimeSpan.TicksPerMinute));
        return at + (left < TimeSpan.FromSeconds(1) ? left + TimeSpan.FromMinutes(1) : left);
    }

    /// <summary>For how long a component served what, in the minute that is open.</summary>
    private sealed class ServedTimes
    {
        private HealthState state;
        private Instant since;
        private Instant until;
        private StateTimes times;

        /// <summary>It serves a state, which is known up to a moment unless it is heard of again.</summary>
        public void Serve(HealthState next, Instant at, Instant knownUntil) =>
            // What was reported before a minute was ended and taken after that is of the next one.
            (state, since, until) = (next, Instant.Max(since, at), knownUntil);

        /// <summary>Counts up to a moment.</summary>
        /// <param name="at">The moment.</param>
        /// <param name="last">Where nothing ran since then: from then on it is not counted.</param>
        public void SettleAt(Instant at, Instant? last = null)
        {
            Instant to = Instant.Min(last ?? at, until);
            if (to > since)
            {
                times = times.With(state, to - since);
            }

            since = Instant.Max(since, at);
        }

        /// <summary>Begins anew.</summary>
        public StateTimes Take()
        {
            StateTimes taken = times;
            times = default;
            return taken;
        }
    }
}
