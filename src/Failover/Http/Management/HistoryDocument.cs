using System.Collections.Immutable;

namespace Failover;

/// <summary>What has happened: <c>/-/api/v1/history</c>, the newest first in each list.</summary>
/// <param name="Transitions">States that components served from then on.</param>
/// <param name="Posts">POSTs, and what came of them.</param>
internal sealed record HistoryDocument(
    ImmutableArray<HistoryTransition> Transitions,
    ImmutableArray<HistoryPost> Posts
);

/// <summary>What has happened to one component, with its latencies: <c>failover history NAME --json</c>.</summary>
/// <param name="Transitions">As in <see cref="HistoryDocument"/>.</param>
/// <param name="Posts">As in <see cref="HistoryDocument"/>.</param>
/// <param name="Latency">The latencies; null where they are not to be had.</param>
internal sealed record ComponentHistoryDocument(
    ImmutableArray<HistoryTransition> Transitions,
    ImmutableArray<HistoryPost> Posts,
    LatencyDocument? Latency
);

/// <summary>A component served another state than before.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state from then on.</param>
/// <param name="Reason">Why. May be empty.</param>
/// <param name="FirstContrary">The first of the consecutive observations that a hysteresis counted before it changed the state; null where
/// none has.</param>
internal sealed record HistoryTransition(
    DateTimeOffset At,
    string Component,
    HealthState From,
    HealthState To,
    string Reason,
    HistoryFirstContrary? FirstContrary = null
);

/// <summary>The observation with which the evidence for a transition began.</summary>
/// <param name="At">When it ended, by the wall clock.</param>
/// <param name="Reason">Its reason. May be empty.</param>
internal sealed record HistoryFirstContrary(DateTimeOffset At, string Reason);

/// <summary>A POST was received.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="User">Who, where a user was named; null otherwise.</param>
/// <param name="Source">From which address.</param>
/// <param name="Outcome">What came of it, as it was answered: <c>Armed</c> is a reset.</param>
internal sealed record HistoryPost(DateTimeOffset At, string Component, string? User, string Source, string Outcome);
