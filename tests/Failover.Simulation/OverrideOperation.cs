namespace Failover.Simulation;

/// <summary>That an override is to be set, or to be cleared.</summary>
/// <param name="component">Whose.</param>
/// <param name="request">What is asked for; null: that there is none.</param>
internal sealed class OverrideOperation(string component, OverrideRequest? request)
{
    public string Component => component;

    public OverrideRequest? Request => request;

    /// <summary>The newest latch of all when it was asked for.</summary>
    public int NewestLatch { get; init; }

    /// <summary>What it has served; null where that is not known from outside.</summary>
    public HealthState? State { get; init; }

    /// <summary>The process that was asked.</summary>
    public int Process { get; init; }

    /// <summary>The identity that it was stored with; null where it was not.</summary>
    public string? Identity { get; set; }

    public bool IsCommitted { get; set; }

    public OperationOutcome? Outcome { get; set; }

    /// <summary>Whether it was acknowledged, and nothing has ended it since, nor a crash made it uncertain.</summary>
    public bool IsCertain { get; set; }

    /// <summary>Whether it was ended by an acknowledged operation.</summary>
    public bool IsOver { get; set; }

    /// <summary>The process in which it ended by itself; 0 where it did not.</summary>
    public int EndedIn { get; set; }

    /// <summary>It does not end by itself before.</summary>
    public Instant Earliest { get; set; }

    /// <summary>It is not in force after.</summary>
    public Instant Latest { get; set; }
}
