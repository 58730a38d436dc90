namespace Failover;

/// <summary>What came of a probe that is no component's.</summary>
/// <param name="Seen">What it saw, or why it did not begin.</param>
/// <param name="Took">How long it took, without its wait for a place.</param>
/// <param name="HasBegun">Whether it found a place in time.</param>
internal readonly record struct ProbedOnce(Observation Seen, TimeSpan Took, bool HasBegun);
