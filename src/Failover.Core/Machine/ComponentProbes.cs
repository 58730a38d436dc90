namespace Failover;

/// <summary>When the checks of a component are probed, and what their newest results come to.</summary>
/// <param name="Last">When the newest probe ended or the newest beat came; null where there is none.</param>
/// <param name="Next">When the next background turn or beat is due, which is past where a beat is overdue; null where requests alone
/// probe.</param>
/// <param name="Fresh">The state by the newest results alone, whatever is remembered of earlier ones: see <see cref="FreshResult"/>;
/// null where a check has not been probed.</param>
internal sealed record ComponentProbes(Instant? Last, Instant? Next, HealthState? Fresh);
