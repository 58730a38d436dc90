namespace Failover;

/// <summary>Something that people and programs follow: in a log, in a stream of events.</summary>
/// <param name="Component">The component that it happened to.</param>
internal abstract record HealthEvent(string Component);

/// <summary>A component serves another state than before.</summary>
internal sealed record StateChange(string Component, HealthState From, HealthState To, string Reason)
    : HealthEvent(Component);

/// <summary>A POST was received: by whom, from where, and the outcome.</summary>
internal sealed record PostAudit(string Component, string? User, string Source, string Outcome) : HealthEvent(Component)
{
    /// <summary>For the audit.</summary>
    public StoredPost At(DateTimeOffset at) => new(at, Component, User, Source, Outcome);
}
