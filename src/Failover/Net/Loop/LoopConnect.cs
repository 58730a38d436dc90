using System.Runtime.Versioning;

namespace Failover;

/// <summary>One connect on an event loop, of a check that is no more than that.</summary>
/// <param name="loop">The loop.</param>
/// <param name="check">The check.</param>
/// <param name="path">Where to.</param>
/// <param name="number">Which of its owner's.</param>
/// <param name="owner">Takes what comes of it.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopConnect(
    EventLoop loop,
    IConnectCheck check,
    TcpPath path,
    long number,
    ILoopProbeOwner owner
) : ConnectingSocket(loop, path), ILoopProbe
{
    private long started;
    private bool hasEnded;

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
        if (!hasEnded)
        {
            started = Loop.Time.GetTimestamp();
            Connect(check.Close, check.Timeout, EpollEvents.Writable);
        }
    }

    public void Abandon() => Loop.Post(() => End(Observation.Error("cancelled")));

    public override void Break(Exception exception) => End(Probe.Broken(exception));

    protected override void Ended(in TcpAttempt attempt)
    {
        if (!hasEnded)
        {
            End(check.Judge(attempt, Loop.Time.GetElapsedTime(started)));
        }
    }

    private void End(Observation seen)
    {
        if (hasEnded)
        {
            return;
        }

        hasEnded = true;
        started = started == 0 ? Loop.Time.GetTimestamp() : started;
        CloseDescriptor();
        owner.Ended(number, seen, started, Loop.Time.GetTimestamp());
    }
}
