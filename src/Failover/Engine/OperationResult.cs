namespace Failover;

/// <summary>What came of something that a person asked for.</summary>
/// <param name="Outcome">Whether it is in force.</param>
/// <param name="Detail">Why it is not, where that needs saying: which latch holds it back.</param>
internal readonly record struct OperationResult(OperationOutcome Outcome, string Detail = "");
