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
    private const int MostUnused = 256;

    // With the host whose place each has.
    private readonly Dictionary<long, (ILoopProbe Probe, string? Host)> running = [];
    private readonly Stack<LoopConnect> unused = [];
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
            || !places.TryEnter(check, out string? host)
        )
        {
            return false;
        }

        bool isLate;
        bool beginsNow = beginsHere && loop.IsCurrent;
        lock (gate)
        {
            running.Add(probe.Id, (onLoop, host));
            isLate = isStopped;
            // Here: abandoned by another thread, it is not to be used again before the loop has taken it from its queue.
            if (!isLate && !beginsNow)
            {
                onLoop.Defer();
            }
        }

        if (isLate)
        {
            onLoop.Abandon(probe.Id);
        }
        else if (beginsNow)
        {
            onLoop.Run();
        }

        return true;
    }

    /// <summary>Asks a probe to end, if it runs.</summary>
    public void Abandon(long probe)
    {
        ILoopProbe? onLoop;
        lock (gate)
        {
            onLoop = running.TryGetValue(probe, out (ILoopProbe Probe, string?) known) ? known.Probe : null;
        }

        onLoop?.Abandon(probe);
    }

    /// <summary>Asks all probes to end, those included that begin from now on.</summary>
    public void Stop()
    {
        (long Number, ILoopProbe Probe)[] all;
        lock (gate)
        {
            isStopped = true;
            all = [.. running.Select(known => (known.Key, known.Value.Probe))];
        }

        Array.ForEach(all, one => one.Probe.Abandon(one.Number));
    }

    bool ILoopProbeOwner.KeepsSockets => true;

    LoopConnect? ILoopProbeOwner.TakeUnused()
    {
        lock (gate)
        {
            return unused.TryPop(out LoopConnect? used) ? used : null;
        }
    }

    void ILoopProbeOwner.Ended(long number, Observation seen, long started, long ended)
    {
        (ILoopProbe Probe, string? Host) known;
        lock (gate)
        {
            running.Remove(number, out known);
        }

        places.Leave(known.Host, isOfAll: true);
        observed(number, seen, clock.At(started), clock.At(ended));
        // Last: until then it is this probe's, and the loop's for as long as it is to run it.
        lock (gate)
        {
            if (known.Probe is LoopConnect { IsDeferred: false } connect && unused.Count < MostUnused)
            {
                unused.Push(connect);
            }
        }
    }
}
