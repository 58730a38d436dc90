namespace Failover;

/// <summary>Something that people and programs follow: in a log, in a stream of events.</summary>
internal abstract record HealthEvent
{
    /// <summary>What it happened to, as <c>/mail</c>.</summary>
    public abstract string Subject { get; }
}

/// <summary>A component serves another state than before.</summary>
internal sealed record StateChange(string Component, HealthState From, HealthState To, string Reason) : HealthEvent
{
    public override string Subject => $"/{Component}";
}

/// <summary>A guard was tripped, or delays moves to fail no longer.</summary>
/// <param name="Guard">Its name.</param>
/// <param name="Step">What happened.</param>
/// <param name="Failing">How many components of its group fail.</param>
/// <param name="Members">Of how many.</param>
/// <param name="Most">How many may.</param>
/// <param name="MaxDelay">For how long at most moves to fail are delayed.</param>
internal sealed record GuardChange(string Guard, GuardStep Step, int Failing, int Members, int Most, TimeSpan MaxDelay)
    : HealthEvent
{
    public override string Subject => $"guard {Guard}";
}

/// <summary>What happened to a guard.</summary>
internal enum GuardStep
{
    /// <summary>More components fail than are allowed: moves to fail are delayed.</summary>
    Tripped,

    /// <summary>So many fail no longer.</summary>
    Over,

    /// <summary>Moves to fail have been delayed for as long as is allowed.</summary>
    Expired,

    /// <summary>A person has released it.</summary>
    Released,
}

/// <summary>A POST was received: by whom, from where, and the outcome.</summary>
internal sealed record PostAudit(string Component, string? User, string Source, string Outcome) : HealthEvent
{
    public override string Subject => $"/{Component}";

    /// <summary>For the audit.</summary>
    public StoredPost At(DateTimeOffset at) => new(at, Component, User, Source, Outcome);
}

/// <summary>An override began, or is about to end, or has ended.</summary>
/// <param name="Override">The override.</param>
/// <param name="Step">What happened.</param>
/// <param name="By">Who did it; null where it came about by itself.</param>
internal sealed record OverrideChange(Override Override, OverrideStep Step, string? By = null) : HealthEvent
{
    public override string Subject => $"/{Override.Component}";
}

/// <summary>A maintenance window opened or closed, or yields to a latch.</summary>
/// <param name="Window">The window.</param>
/// <param name="Step">What happened.</param>
/// <param name="Component">The component that is latched; null where all of the window are meant.</param>
internal sealed record MaintenanceChange(MaintenanceWindow Window, MaintenanceStep Step, string? Component = null)
    : HealthEvent
{
    public override string Subject => Component is null ? $"maintenance {Window.Name}" : $"/{Component}";
}

/// <summary>What happened to a maintenance window.</summary>
internal enum MaintenanceStep
{
    /// <summary>It is open.</summary>
    Opened,

    /// <summary>It is over, or was taken out of the configuration.</summary>
    Closed,

    /// <summary>A latch has begun that it does not hide.</summary>
    YieldedToLatch,
}

/// <summary>What happened to an override.</summary>
internal enum OverrideStep
{
    /// <summary>It is in force.</summary>
    Set,

    /// <summary>A person has ended it, or replaced it by another.</summary>
    Cleared,

    /// <summary>Its component would fail without it, and it expires soon.</summary>
    ExpiresSoon,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>A latch has begun that it does not hide.</summary>
    EndedByLatch,
}
