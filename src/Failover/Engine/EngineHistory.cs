namespace Failover;

/// <summary>What an engine notes for people: the newest probes in memory, and roll-ups.</summary>
/// <param name="RollUps">Where roll-ups are kept; null: none are made.</param>
internal sealed record EngineHistory(IRollUpStore? RollUps);
