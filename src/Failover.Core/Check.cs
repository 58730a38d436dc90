namespace Failover;

/// <summary>A leaf that looks at the world once when it is evaluated. Derive from it to write a check of your own.</summary>
/// <remarks>The engine runs at most one probe of a check at a time, and begins it on a thread of its own, so that one that blocks
/// harms only itself. A probe that throws reads as <see cref="HealthState.Error"/>.</remarks>
public abstract record Check : HealthTask
{
    /// <summary>For derived checks.</summary>
    protected Check() { }

    internal sealed override bool HasOnDemandCheck => true;

    /// <summary>Whether a probe may hold the thread that it begins on: true for all but those that are known not to.</summary>
    internal virtual bool MayBlock => true;

    /// <summary>Looks once. Ends within <see cref="HealthTask.LongestTime"/>, everything included, and leaves no
    /// descriptor or timer behind on any path.</summary>
    /// <param name="time">The clock and the timers to use.</param>
    /// <param name="cancellationToken">Asks the probe to stop: its result no longer matters.</param>
    /// <returns><see cref="Observation.Ok"/>, <see cref="Observation.Fail"/> with the cause, or
    /// <see cref="Observation.Error"/> where a fault of this machine kept it from telling.</returns>
    public abstract ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken);
}
