namespace Failover.Abstractions;

/// <summary>A leaf that probes a target when it is evaluated: the description of it. How it probes is the business of whoever runs
/// it.</summary>
/// <remarks>Checks of your own derive from <c>ProbeCheck</c>, in the library.</remarks>
public abstract record Check : HealthTask
{
    private protected Check() { }

    internal sealed override bool HasOnDemandCheck => true;

    internal sealed override bool IsObserver => true;

    internal sealed override OkSources OkSources => OkSources.Evidence;
}
