namespace Failover;

/// <summary>When a combinator evaluates its task by itself.</summary>
/// <param name="Interval">From the start of one evaluation to the start of the next, unless another one is in force.</param>
/// <param name="Shortest">The shortest time in which two turns can follow each other.</param>
/// <param name="Jitter">How much later than due a turn may be.</param>
internal readonly record struct TurnSchedule(TimeSpan Interval, TimeSpan Shortest, TimeSpan Jitter)
{
    /// <summary>Whether the interval depends on what is seen.</summary>
    public bool IsVariable { get; init; }
}
