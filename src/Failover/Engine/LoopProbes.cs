using System.Runtime.Versioning;

namespace Failover;

/// <summary>The probes that run whole on an event loop: those of checks that only connect.</summary>
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
) : LoopConnect.IOwner
{
    private readonly Dictionary<long, (LoopConnect Connect, ProbePlace Place)> running = [];
    private readonly Lock gate = new();
    private bool isStopped;

    /// <summary>Begins a probe, on the loop that asks for it, or else on the first.</summary>
    /// <param name="probe">Which.</param>
    /// <param name="beginsHere">Whether it begins at once where a loop asks. Many wait for their turn.</param>
    /// <returns>False where it needs more than a loop, or has to wait for a place.</returns>
    public bool TryStart(MachineAction.Probe probe, bool beginsHere)
    {
        if (
            probe.Check is not ProbeCheck check
            || check is not IConnectCheck { OnlyPath: { Source: null } path } connecting
            || places.TryEnter(check) is not { } place
        )
        {
            return false;
        }

        EventLoop loop = EventLoop.Current ?? loops.First;
        LoopConnect connect = new(loop, connecting, path, probe.Id, this);
        bool isLate;
        lock (gate)
        {
            running.Add(probe.Id, (connect, place));
            isLate = isStopped;
        }

        if (isLate)
        {
            connect.Abandon();
        }
        else if (beginsHere && loop.IsCurrent)
        {
            connect.Run();
        }
        else
        {
            loop.PostSpare(connect);
        }

        return true;
    }

    /// <summary>Asks a probe to end, if it runs.</summary>
    public void Abandon(long probe)
    {
        LoopConnect? connect;
        lock (gate)
        {
            connect = running.TryGetValue(probe, out (LoopConnect Connect, ProbePlace) known) ? known.Connect : null;
        }

        connect?.Abandon();
    }

    /// <summary>Asks all probes to end, those included that begin from now on.</summary>
    public void Stop()
    {
        LoopConnect[] all;
        lock (gate)
        {
            isStopped = true;
            all = [.. running.Values.Select(known => known.Connect)];
        }

        Array.ForEach(all, connect => connect.Abandon());
    }

    void LoopConnect.IOwner.Ended(long number, Observation seen, long started, long ended)
    {
        (LoopConnect, ProbePlace Place) known;
        lock (gate)
        {
            running.Remove(number, out known);
        }

        known.Place.Dispose();
        observed(number, seen, clock.At(started), clock.At(ended));
    }
}
