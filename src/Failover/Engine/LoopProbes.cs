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
    private const int MostUnused = 256;

    // With the host whose place each has.
    private readonly Dictionary<long, (LoopConnect Connect, string? Host)> running = [];
    private readonly Stack<LoopConnect> unused = [];
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
            || !places.TryEnter(check, out string? host)
        )
        {
            return false;
        }

        EventLoop loop = EventLoop.Current ?? loops.First;
        LoopConnect? connect;
        bool isLate;
        lock (gate)
        {
            connect = unused.TryPop(out LoopConnect? used) ? used : new(this);
            connect.Prepare(loop, connecting, path, probe.Id);
            running.Add(probe.Id, (connect, host));
            isLate = isStopped;
        }

        if (isLate)
        {
            connect.Abandon(probe.Id);
        }
        else if (beginsHere && loop.IsCurrent)
        {
            connect.Run();
        }
        else
        {
            connect.Defer();
        }

        return true;
    }

    /// <summary>Asks a probe to end, if it runs.</summary>
    public void Abandon(long probe)
    {
        LoopConnect? connect;
        lock (gate)
        {
            connect = running.TryGetValue(probe, out (LoopConnect Connect, string?) known) ? known.Connect : null;
        }

        connect?.Abandon(probe);
    }

    /// <summary>Asks all probes to end, those included that begin from now on.</summary>
    public void Stop()
    {
        (long Number, LoopConnect Connect)[] all;
        lock (gate)
        {
            isStopped = true;
            all = [.. running.Select(known => (known.Key, known.Value.Connect))];
        }

        Array.ForEach(all, one => one.Connect.Abandon(one.Number));
    }

    void LoopConnect.IOwner.Ended(long number, Observation seen, long started, long ended)
    {
        (LoopConnect Connect, string? Host) known;
        lock (gate)
        {
            running.Remove(number, out known);
        }

        places.Leave(known.Host, isOfAll: true);
        observed(number, seen, clock.At(started), clock.At(ended));
        // Last: until then it is this probe's, and the loop's for as long as it is to run it.
        lock (gate)
        {
            if (!known.Connect.IsDeferred && unused.Count < MostUnused)
            {
                unused.Push(known.Connect);
            }
        }
    }
}
