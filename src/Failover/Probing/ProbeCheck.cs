namespace Failover;

/// <summary>A check whose probes this process runs. Derive from it to write a check of your own.</summary>
/// <remarks>At most one probe of a check runs at a time. It begins on a thread of its own, so that one that blocks harms only
/// itself. A probe that throws reads as <see cref="HealthState.Error"/>.</remarks>
public abstract record ProbeCheck : Check
{
    /// <summary>For derived checks.</summary>
    protected ProbeCheck() { }

    /// <summary>Whether a probe may hold the thread that it begins on: true for all but those that are known not to.</summary>
    internal virtual bool MayBlock => true;

    /// <summary>Whether a probe may need the platform's cryptography, which is OpenSSL on Linux: true for all but those that are known not
    /// to. The daemon loads it before anything needs it.</summary>
    internal virtual bool UsesCryptography => true;

    /// <summary>Its longest time as a timer takes it: one of the user's may say more, or that there is no end of it.</summary>
    internal TimeSpan LongestTimer =>
        LongestTime is var longest && longest >= TimeSpan.Zero && longest < DurationOption.Longest
            ? longest
            : DurationOption.Longest;

    /// <summary>The host that a probe connects to, as it is described: a name or an address; null where it connects to none, to several, or
    /// where that is not known. So many probes of one host run at a time as <c>MaxProbesPerHost</c> of a server says. Reading it
    /// does no I/O.</summary>
    public virtual string? TargetHost => null;

    /// <summary>What on this machine, or in the rights of this user, keeps every probe from telling, found without a probe: for
    /// <c>failover check</c>. It may block.</summary>
    /// <returns>The reason that probes have; null where there is nothing to find.</returns>
    internal virtual string? FindLocalFault() => null;

    /// <summary>Probes once. Ends within <see cref="HealthTask.LongestTime"/>, everything included, and leaves no descriptor or timer
    /// behind on any path.</summary>
    /// <param name="time">The clock and the timers to use.</param>
    /// <param name="cancellationToken">Asks the probe to stop: its result no longer matters.</param>
    /// <returns><see cref="Observation.Ok"/>, <see cref="Observation.Fail"/> or <see cref="Observation.TimedOut"/> with the cause, or
    /// <see cref="Observation.Error"/> where a fault of this machine kept it from telling.</returns>
    public abstract ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken);
}
