namespace Failover;

/// <summary>When the checks of a component are probed, and what their newest results come to.</summary>
/// <param name="Last">When the newest probe ended; null where none has.</param>
/// <param name="Next">When the next background turn is due; null where requests alone probe.</param>
/// <param name="Fresh">The state by the newest results alone, whatever is remembered of earlier ones: see <see cref="FreshResult"/>;
/// null where a check has not been probed.</param>
internal sealed record ComponentProbes(Instant? Last, Instant? Next, HealthState? Fresh);
