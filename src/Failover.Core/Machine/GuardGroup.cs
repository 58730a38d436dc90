namespace Failover;

/// <summary>The components of a <see cref="Guard"/>, and how many of them fail.</summary>
/// <param name="guard">Its description.</param>
internal sealed class GuardGroup(Guard guard)
{
    public Guard Guard { get; set; } = guard;

    public HashSet<ServedComponent> Members { get; } = [];

    /// <summary>The members that fail: latched, or judged so by evidence.</summary>
    public HashSet<ServedComponent> Failing { get; } = [];

    /// <summary>The toggles that would latch, and wait for the guard.</summary>
    public HashSet<Node> Held { get; } = [];

    /// <summary>Since when more of them fail than are allowed; null where they do not.</summary>
    public Instant? TrippedSince { get; set; }

    /// <summary>Whether moves to fail are delayed no longer, although it is tripped: it was released, or its time is over.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Until when moves to fail are delayed; null where they are not.</summary>
    public Instant? HoldsUntil => IsReleased ? null : TrippedSince + Guard.MaxDelay;

    public int MostFailing => Guard.MostFailing(Members.Count);

    /// <summary>How it is now.</summary>
    public GuardSnapshot Now =>
        new(Guard.Name, Members.Count, Failing.Count, MostFailing, TrippedSince is not null, HoldsUntil);

    public bool IsExceeded => Failing.Count > MostFailing;
}
