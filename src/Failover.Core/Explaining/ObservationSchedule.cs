using System.Collections.Immutable;

namespace Failover;

/// <summary>When a background loop takes its turns.</summary>
/// <param name="Next">When its next turn is due; an overdue one starts at once.</param>
/// <param name="Interval">From one turn to the next, on a beat that an overdue turn does not move.</param>
internal readonly record struct LoopSchedule(Instant Next, TimeSpan Interval)
{
    /// <summary>How many turns begin from <paramref name="now"/> to <paramref name="until"/>, both included.</summary>
    public long Turns(Instant now, Instant until)
    {
        if (Next > now)
        {
            return From(Next, until);
        }

        long beats = 1 + ((now - Next).Ticks / Interval.Ticks);
        return 1 + From(Next + (beats * Interval), until);
    }

    private long From(Instant first, Instant until) => until < first ? 0 : 1 + ((until - first).Ticks / Interval.Ticks);
}

/// <summary>When observations of a node can arrive: one with each turn of the background loops that probe for it.</summary>
/// <param name="Loops">The loops; none for an on-demand node, which may be evaluated at any time.</param>
internal sealed record ObservationSchedule(ImmutableArray<LoopSchedule> Loops)
{
    /// <summary>The schedule of an on-demand node.</summary>
    public static ObservationSchedule Unknown { get; } = new([]);

    /// <summary>The earliest time at which the <paramref name="nth"/> observation from now on can come.</summary>
    public Instant Turn(int nth, Instant now)
    {
        if (Loops.IsEmpty)
        {
            return now;
        }

        // The turns of several loops, merged: searched for by halves, since the nth may be far ahead.
        (long early, long late) = (now.SinceStart.Ticks, TimeSpan.MaxValue.Ticks);
        while (early < late)
        {
            long middle = early + ((late - early) / 2);
            Instant until = new(TimeSpan.FromTicks(middle));
            (early, late) = Loops.Sum(loop => loop.Turns(now, until)) >= nth ? (early, middle) : (middle + 1, late);
        }

        return new(TimeSpan.FromTicks(late));
    }
}
