namespace Failover.Abstractions;

/// <summary>What an override has a component serve.</summary>
public enum OverrideKind
{
    /// <summary>It serves ok, whatever it is judged to be.</summary>
    Ok,

    /// <summary>It serves fail.</summary>
    Fail,

    /// <summary>It serves the definite state that it had when the override was set.</summary>
    Hold,
}

/// <summary>An override that is in force.</summary>
/// <param name="Component">The name of the component whose URL serves it.</param>
/// <param name="Kind">What was asked for.</param>
/// <param name="State">What is served: ok or fail.</param>
/// <param name="Id">Of this override alone, never used again.</param>
/// <param name="Reason">Why, as the person says who set it.</param>
/// <param name="User">Who set it.</param>
/// <param name="Source">From which address.</param>
/// <param name="Since">When it was set, by the wall clock.</param>
/// <param name="Lasts">How long it lasts from the moment on at which it is stored. The time for which no process runs does not count.</param>
public sealed record StoredOverride(
    string Component,
    OverrideKind Kind,
    HealthState State,
    string Id,
    string Reason,
    string User,
    string Source,
    DateTimeOffset Since,
    TimeSpan Lasts
)
{
    /// <summary>Whether it may serve ok over a latch: who set it may reset the component, too.</summary>
    public bool MayHideLatch { get; init; }
}
