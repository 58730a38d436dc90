using System.Collections.Immutable;

namespace Failover;

/// <summary>What one decision changes: stored as a whole or not at all.</summary>
/// <remarks>What it forgets and releases comes before what it sets: a latch that is in both stands at fail.</remarks>
public sealed record StateWrite
{
    /// <summary>Nodes whose state is other than what is stored.</summary>
    public ImmutableArray<StoredNode> Nodes { get; init; } = [];

    /// <summary>Keys of nodes that are no longer there.</summary>
    public ImmutableArray<string> ForgottenNodes { get; init; } = [];

    /// <summary>Latches that have moved to fail.</summary>
    public ImmutableArray<StoredLatch> Latches { get; init; } = [];

    /// <summary>Places of latches that have moved back to ok.</summary>
    public ImmutableArray<LatchPlace> Releases { get; init; } = [];

    /// <summary>For the history: states that components serve from now on.</summary>
    public ImmutableArray<StoredTransition> Transitions { get; init; } = [];

    /// <summary>For the audit: POSTs, and what came of them.</summary>
    public ImmutableArray<StoredPost> Posts { get; init; } = [];

    /// <summary>When the process was alive, by the wall clock; the newest is kept. Null where the write does not say.</summary>
    public DateTimeOffset? AliveAt { get; init; }

    /// <summary>Whether a fault ends the write: somebody waits for it and is told. Any other write is tried again until it
    /// succeeds.</summary>
    public bool MayFail { get; init; }

    /// <summary>Nothing to store.</summary>
    public bool IsEmpty =>
        Nodes.IsEmpty
        && ForgottenNodes.IsEmpty
        && Latches.IsEmpty
        && Releases.IsEmpty
        && Transitions.IsEmpty
        && Posts.IsEmpty
        && AliveAt is null;
}

/// <summary>Where a latch is served; see <see cref="StoredLatch"/>.</summary>
public readonly record struct LatchPlace(string Component, string Path);

/// <summary>A component serves another state than before.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The component's name.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state from then on.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Evidence">What it rests on: the identity of the newest look at the world in that process; 0 for none.</param>
public sealed record StoredTransition(
    DateTimeOffset At,
    string Component,
    HealthState From,
    HealthState To,
    string Reason,
    long Evidence
);

/// <summary>Somebody has sent a POST.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The component's name.</param>
/// <param name="User">Who, where a password was given; null otherwise.</param>
/// <param name="Source">From which address.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record StoredPost(DateTimeOffset At, string Component, string? User, string Source, string Outcome);
