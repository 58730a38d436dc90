namespace Failover;

/// <summary>Everything that the machine waits for in time. Timers that are due together run in this order.</summary>
internal enum MachineTimer
{
    /// <summary>A background loop takes its next turn.</summary>
    Turn,

    /// <summary>The first turn of a loop no longer keeps others from taking theirs.</summary>
    FirstTurnSlot,

    /// <summary>An evaluation that may take only so long is given up.</summary>
    EvaluationLimit,

    /// <summary>A request gets the last known state.</summary>
    ResponseDeadline,

    /// <summary>An evaluation on demand takes far longer than its longest time.</summary>
    EvaluationOverdue,

    /// <summary>No job has reported in time.</summary>
    Silence,

    /// <summary>What a component serves grows too old.</summary>
    Stale,

    /// <summary>A move to fail is published, stored or not.</summary>
    PublishHold,

    /// <summary>A proposal is withdrawn.</summary>
    ProposalTimeout,

    /// <summary>A guard delays moves to fail no longer.</summary>
    GuardExpiry,

    /// <summary>People are warned of an override that expires into a fail.</summary>
    OverrideNotice,

    /// <summary>An override is no longer in force.</summary>
    OverrideExpiry,

    /// <summary>A fire that was not used is forgotten.</summary>
    FireExpiry,

    /// <summary>That the process lives is stored.</summary>
    SignOfLife,
}

/// <summary>The timers that are set, the earliest first.</summary>
internal sealed class TimerQueue
{
    private const int OrderBits = 56;

    private readonly PriorityQueue<object?, Place> queue = new();
    private long order;

    /// <summary>How many are set, also such as mean nothing any more.</summary>
    public int Count => queue.Count;

    /// <summary>When the earliest is due; null where none is set.</summary>
    public Instant? Next => queue.TryPeek(out _, out Place due) ? due.At : null;

    /// <summary>Sets one. None is ever unset: whoever it is for sees that its time has passed, or has not come.</summary>
    public void Set(Instant at, MachineTimer kind, object? of)
    {
        if (at != Instant.Never)
        {
            queue.Enqueue(of, new(at, ((long)kind << OrderBits) | ++order));
        }
    }

    /// <summary>Takes the earliest that is due.</summary>
    public bool TryTake(Instant now, out (MachineTimer Kind, object? Of, Instant At) due)
    {
        due = default;
        if (!queue.TryPeek(out object? of, out Place when) || when.At > now)
        {
            return false;
        }

        queue.Dequeue();
        due = ((MachineTimer)(when.KindAndOrder >> OrderBits), of, when.At);
        return true;
    }

    /// <summary>By time, then by kind, then in the order in which they were set: the last two in one number, for there are two timers for
    /// each background component.</summary>
    // Compared some twenty times for each timer: a tuple asks a comparer for each of its parts.
#pragma warning disable MA0097 // Only the queue compares them, and by no operator.
    private readonly record struct Place(Instant At, long KindAndOrder) : IComparable<Place>
#pragma warning restore MA0097
    {
        public int CompareTo(Place other)
        {
            int byTime = At.SinceStart.Ticks.CompareTo(other.At.SinceStart.Ticks);
            return byTime != 0 ? byTime : KindAndOrder.CompareTo(other.KindAndOrder);
        }
    }
}
