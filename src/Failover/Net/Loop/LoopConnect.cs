using System.Runtime.Versioning;

namespace Failover;

/// <summary>One connect on an event loop, of a check that is no more than that.</summary>
/// <remarks>Used again once it has ended: its number says what it is for, to whoever asks it to end late.</remarks>
/// <param name="owner">Takes what comes of it.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopConnect(ILoopProbeOwner owner) : ConnectingSocket, ILoopProbe
{
    private IConnectCheck check = null!;
    private long number;
    private long started;
    private bool hasEnded;

    /// <summary>Whether the loop will call <see cref="Run"/>: then it is not for another probe yet.</summary>
    public bool IsDeferred { get; private set; }

    /// <summary>Says what it is for. Nobody else has it then.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="connectCheck">The check.</param>
    /// <param name="path">Where to.</param>
    /// <param name="probe">Which of its owner's.</param>
    public void Prepare(EventLoop loop, IConnectCheck connectCheck, TcpPath path, long probe)
    {
        Prepare(loop, path);
        (check, number) = (connectCheck, probe);
        (started, hasEnded) = (0, false);
    }

    public void Defer()
    {
        IsDeferred = true;
        Loop.Defer(this);
    }

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
        IsDeferred = false;
        if (!hasEnded)
        {
            started = Loop.Time.GetTimestamp();
            if (check.Close == TcpClose.Rst && owner.KeepsSockets)
            {
                ConnectOnly(check.Timeout);
            }
            else
            {
                Connect(check.Close, check.Timeout, EpollEvents.Writable);
            }
        }
    }

    public void Abandon(long probe) =>
        Loop.Post(() =>
        {
            if (number == probe)
            {
                End(Observation.Error("cancelled"));
            }
        });

    public override void Break(Exception exception) =>
        End(Observation.Error($"{exception.GetType().Name}: {exception.Message}"));

    protected override void Ended(in TcpAttempt attempt)
    {
        if (!hasEnded)
        {
            bool isKept = attempt.Ending == TcpEnding.Connected && check.Close == TcpClose.Rst && owner.KeepsSockets;
            End(check.Judge(attempt, Loop.Time.GetElapsedTime(started)), isKept);
        }
    }

    private void End(Observation seen, bool isKept = false)
    {
        if (hasEnded)
        {
            return;
        }

        hasEnded = true;
        started = started == 0 ? Loop.Time.GetTimestamp() : started;
        if (isKept)
        {
            EndConnectOnly();
        }
        else
        {
            CloseDescriptor();
        }

        owner.Ended(number, seen, started, Loop.Time.GetTimestamp());
    }
}
