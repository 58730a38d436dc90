using System.Runtime.Versioning;

namespace Failover;

/// <summary>One connect on an event loop, of a check that is no more than that.</summary>
/// <remarks>Used again once it has ended: its number says what it is for.</remarks>
/// <param name="owner">Takes what comes of it.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopConnect(ILoopProbeOwner owner) : ConnectingSocket, ILoopProbe
{
    private IConnectCheck check = null!;
    private long number;
    private long started;
    private bool hasEnded;

    /// <summary>Says what it is for. Nobody else has it then.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="of">The check.</param>
    /// <param name="path">Where to.</param>
    /// <param name="which">Which of its owner's.</param>
    public void Prepare(EventLoop loop, IConnectCheck of, TcpPath path, long which)
    {
        Prepare(loop, path);
        (check, number) = (of, which);
        (started, hasEnded) = (0, false);
    }

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
        if (!hasEnded)
        {
            started = Loop.Time.GetTimestamp();
            Connect(check.Close, check.Timeout, EpollEvents.Writable);
        }
    }

    public void Abandon(long which) =>
        Loop.Post(() =>
        {
            if (number == which)
            {
                End(Observation.Error("cancelled"));
            }
        });

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
