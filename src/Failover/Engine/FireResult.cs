namespace Failover;

/// <summary>What came of a fire.</summary>
/// <param name="Outcome">Whether it is in force.</param>
/// <param name="Detail">Which latch holds it back, where one does.</param>
internal readonly record struct FireResult(FireOutcome Outcome, string Detail = "");
