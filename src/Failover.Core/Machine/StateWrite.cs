using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>What one step changed, already in force: stored as a whole or not at all, and retried until it is stored.</summary>
/// <remarks>What it forgets comes before what it sets. Writes that wait may be joined: of each key the newest counts; transitions and
/// posts are appended.</remarks>
public sealed record StateWrite
{
    /// <summary>Whether this is the whole state: stored nodes, components, latches, overrides and alarms that are not in here are
    /// to go. A store that has lost what it held is given one, and what is still to be delivered in writes behind it. The history stays.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Nodes whose state differs from the stored one.</summary>
    public ImmutableArray<StoredNode> Nodes { get; init; } = [];

    /// <summary>Keys of nodes that are gone, or have nothing to store any longer.</summary>
    public ImmutableArray<string> ForgottenNodes { get; init; } = [];

    /// <summary>Components whose published state differs from the stored one.</summary>
    public ImmutableArray<StoredComponent> Components { get; init; } = [];

    /// <summary>Names of components that are gone.</summary>
    public ImmutableArray<string> ForgottenComponents { get; init; } = [];

    /// <summary>Latches that have begun, and toggles that have moved back by evidence alone. Storing one gives it a new revision, so
    /// that a proposal that expects an older one is refused.</summary>
    public ImmutableArray<StoredLatch> Latches { get; init; } = [];

    /// <summary>Keys of latches that are gone: another key holds them in the same write, or they needed no authorisation.</summary>
    public ImmutableArray<string> ForgottenLatches { get; init; } = [];

    /// <summary>Overrides whose stored row is not what is in force.</summary>
    public ImmutableArray<StoredOverride> Overrides { get; init; } = [];

    /// <summary>Identities of overrides that have ended: by their time, by a latch, or because they were committed too late.</summary>
    public ImmutableArray<string> ForgottenOverrides { get; init; } = [];

    /// <summary>For the history: states that components serve from now on.</summary>
    public ImmutableArray<StoredTransition> Transitions { get; init; } = [];

    /// <summary>For the audit: POSTs that changed nothing, and what came of them.</summary>
    public ImmutableArray<StoredPost> Posts { get; init; } = [];

    /// <summary>What is wrong and people were notified of, where that differs from what is stored.</summary>
    public ImmutableArray<StoredAlarm> Alarms { get; init; } = [];

    /// <summary>Subjects of what is over.</summary>
    public ImmutableArray<string> ForgottenAlarms { get; init; } = [];

    /// <summary>Notifications that are to be delivered, or have been given up.</summary>
    public ImmutableArray<StoredDelivery> Deliveries { get; init; } = [];

    /// <summary>Keys of those that have been delivered.</summary>
    public ImmutableArray<string> ForgottenDeliveries { get; init; } = [];

    /// <summary>When the process was alive, by the wall clock; a store keeps the newest. Null where the write does not say.</summary>
    public DateTimeOffset? AliveAt { get; init; }

    /// <summary>Nothing to store.</summary>
    public bool IsEmpty =>
        !IsWhole
        && Nodes.IsEmpty
        && ForgottenNodes.IsEmpty
        && Components.IsEmpty
        && ForgottenComponents.IsEmpty
        && Latches.IsEmpty
        && ForgottenLatches.IsEmpty
        && Overrides.IsEmpty
        && ForgottenOverrides.IsEmpty
        && Transitions.IsEmpty
        && Posts.IsEmpty
        && Alarms.IsEmpty
        && ForgottenAlarms.IsEmpty
        && Deliveries.IsEmpty
        && ForgottenDeliveries.IsEmpty
        && AliveAt is null;
}

/// <summary>A component serves another state than before.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The component's name.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state from then on.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Evidence">What it rests on: the identity of the newest observation in that process; 0 for none.</param>
public sealed record StoredTransition(
    DateTimeOffset At,
    string Component,
    HealthState From,
    HealthState To,
    string Reason,
    long Evidence
)
{
    /// <summary>The first of the consecutive observations that a hysteresis counted before it changed the state; null where none has.</summary>
    public StoredFirstContrary? First { get; init; }
}

/// <summary>The observation with which the evidence for a transition began.</summary>
/// <param name="At">When it ended, by the wall clock of the transition.</param>
/// <param name="Reason">Its reason, for people. May be empty.</param>
public sealed record StoredFirstContrary(DateTimeOffset At, string Reason);

/// <summary>A POST was received.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The component's name.</param>
/// <param name="User">Who, where a password was given; null otherwise.</param>
/// <param name="Source">From which address.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record StoredPost(DateTimeOffset At, string Component, string? User, string Source, string Outcome);
