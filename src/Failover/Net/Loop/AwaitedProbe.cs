using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A probe on an event loop for who asks from elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class AwaitedProbe()
    : TaskCompletionSource<Observation>(TaskCreationOptions.RunContinuationsAsynchronously),
        ILoopProbeOwner
{
    // The only one of its owner's.
    private const long Number = 0;

    /// <summary>Probes on a loop, where there is one and it can.</summary>
    /// <param name="check">The check.</param>
    /// <param name="time">The clock of the caller. A loop knows real time only.</param>
    /// <param name="cancellationToken">Ends it: no descriptor is left then.</param>
    /// <param name="probe">The probe; null where the check has to be probed in another way.</param>
    public static bool TryRun(
        ILoopCheck check,
        TimeProvider time,
        CancellationToken cancellationToken,
        [NotNullWhen(true)] out Task<Observation>? probe
    )
    {
        bool isRealTime = time is BootTime || time == TimeProvider.System;
        AwaitedProbe awaited = new();
        probe =
            isRealTime
            && EventLoops.OfProcess is { First: var loop }
            && check.ProbeOn(loop, Number, awaited) is { } onLoop
                ? RunAsync(onLoop, awaited, cancellationToken)
                : null;
        return probe is not null;
    }

    void ILoopProbeOwner.Ended(long number, Observation seen, long started, long ended) => TrySetResult(seen);

    private static async Task<Observation> RunAsync(
        ILoopProbe probe,
        AwaitedProbe awaited,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        probe.Defer();
        await using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(
            static probe => ((ILoopProbe)probe!).Abandon(Number),
            probe
        );
        Observation seen = await awaited.Task;
        cancellationToken.ThrowIfCancellationRequested();
        return seen;
    }
}
