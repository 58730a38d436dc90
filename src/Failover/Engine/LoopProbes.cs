using System.Runtime.Versioning;

namespace Failover;

/// <summary>The probes that run whole on an event loop: those of checks that only connect, or talk over one connection.</summary>
/// <param name="loops">The loops.</param>
/// <param name="clock">The clock of the engine, which is that of the loops.</param>
/// <param name="places">How many probes run at a time.</param>
/// <param name="observed">Takes what a probe saw, from when to when.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopProbes(
    EventLoops loops,
    Clock clock,
    ProbePlaces places,
    Action<long, Observation, Instant, Instant> observed
) : ILoopProbeOwner
{
    private readonly Dictionary<long, (ILoopProbe Probe, ProbePlace Place)> running = [];
    private readonly Lock gate = new();
    private bool isStopped;

    /// <summary>Begins a probe, on the loop that asks for it, or else on the first.</summary>
    /// <param name="probe">Which.</param>
    /// <param name="beginsHere">Whether it begins at once where a loop asks. Many wait for their turn.</param>
    /// <returns>False where it needs more than a loop, or has to wait for a place.</returns>
    public bool TryStart(MachineAction.Probe probe, bool beginsHere)
    {
        EventLoop loop = EventLoop.Current ?? loops.First;
        if (
            probe.Check is not ProbeCheck check
            || (check as ILoopCheck)?.ProbeOn(loop, probe.Id, this) is not { } onLoop
            || places.TryEnter(check) is not { } place
        )
        {
            return false;
        }

        bool isLate;
        lock (gate)
        {
            running.Add(probe.Id, (onLoop, place));
            isLate = isStopped;
        }

        if (isLate)
        {
            onLoop.Abandon();
        }
        else if (beginsHere && loop.IsCurrent)
        {
            onLoop.Run();
        }
        else
        {
            loop.PostSpare(onLoop);
        }

        return true;
    }

    /// <summary>Asks a probe to end, if it runs.</summary>
    public void Abandon(long probe)
    {
        ILoopProbe? onLoop;
        lock (gate)
        {
            onLoop = running.TryGetValue(probe, out (ILoopProbe Probe, ProbePlace) known) ? known.Probe : null;
        }

        onLoop?.Abandon();
    }

    /// <summary>Asks all probes to end, those included that begin from now on.</summary>
    public void Stop()
    {
        ILoopProbe[] all;
        lock (gate)
        {
            isStopped = true;
            all = [.. running.Values.Select(known => known.Probe)];
        }

        Array.ForEach(all, probe => probe.Abandon());
    }

    void ILoopProbeOwner.Ended(long number, Observation seen, long started, long ended)
    {
        (ILoopProbe, ProbePlace Place) known;
        lock (gate)
        {
            running.Remove(number, out known);
        }

        known.Place.Dispose();
        observed(number, seen, clock.At(started), clock.At(ended));
    }
}
