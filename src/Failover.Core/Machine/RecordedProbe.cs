namespace Failover;

/// <summary>A probe that has ended.</summary>
/// <param name="Node">The check.</param>
/// <param name="At">When it ended, by the wall clock, to the millisecond.</param>
/// <param name="Duration">How long it took, to the microsecond.</param>
/// <param name="State">What it saw.</param>
/// <param name="Reason">Why; a long one is cut.</param>
internal sealed record RecordedProbe(Node Node, DateTimeOffset At, TimeSpan Duration, HealthState State, string Reason);
