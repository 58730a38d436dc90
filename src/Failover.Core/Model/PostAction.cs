namespace Failover.Abstractions;

/// <summary>What a POST of a component does: a description, as tasks are.</summary>
public abstract record PostAction
{
    private protected PostAction() { }

    /// <summary>The task that the action changes.</summary>
    public abstract HealthTask Target { get; }

    /// <summary>Who may do it; null: none; no POST fires it.</summary>
    public abstract Authentication? Auth { get; }
}
