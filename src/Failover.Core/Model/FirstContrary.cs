namespace Failover.Abstractions;

/// <summary>The first of the consecutive observations that changed a state: when the evidence against the previous state began, and with
/// what.</summary>
/// <param name="Ended">When that observation ended.</param>
/// <param name="Reason">Its reason. May be empty.</param>
public sealed record FirstContrary(Instant Ended, string Reason)
{
    /// <summary>Of evidence that begins with an observation. One that is itself the result of several began with the first of
    /// those.</summary>
    internal static FirstContrary Of(Observation seen) => seen.FirstContrary ?? new(seen.Ended, seen.Reason);
}
