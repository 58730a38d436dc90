namespace Failover.Abstractions;

/// <summary>Consecutive observations of the same state: how many, and from when to when.</summary>
/// <param name="Count">How many; 0 for an empty streak.</param>
/// <param name="First">When the first one ended.</param>
/// <param name="Newest">When the newest one ended.</param>
public readonly record struct Streak(int Count, Instant First, Instant Newest)
{
    /// <summary>No observation.</summary>
    public static Streak Empty => default;

    /// <summary>The evidence of its first observation; null for an empty streak.</summary>
    public FirstContrary? FirstContrary { get; init; }

    /// <summary>The time from the first observation to the newest.</summary>
    public TimeSpan Duration => Newest - First;

    /// <summary>The streak with one more observation.</summary>
    public Streak With(Observation seen) =>
        Count == 0
            ? new Streak(1, seen.Ended, seen.Ended) { FirstContrary = FirstContrary.Of(seen) }
            : this with
            {
                // A count can exceed an int: 2^31 observations at 1,000 a second are 24 days.
                Count = Count == int.MaxValue ? Count : Count + 1,
                Newest = Instant.Max(Newest, seen.Ended),
            };
}
