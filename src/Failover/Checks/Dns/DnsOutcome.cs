namespace Failover;

/// <summary>What came of a query.</summary>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Phases">How long each phase took.</param>
internal sealed record DnsOutcome(DnsAnswer? Answer, Observation? Failure, PhaseTimes Phases);
