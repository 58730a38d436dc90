using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>One connect on an event loop, of a check that is no more than that. The same verdicts as those of <see cref="TcpAttempt"/>,
/// without a hop between threads.</summary>
/// <remarks>Used again once it has ended: its number says what it is for, to whoever asks it to end late.</remarks>
/// <param name="owner">Takes what comes of it.</param>
[SupportedOSPlatform("linux")]
internal sealed class LoopConnect(LoopConnect.IOwner owner) : LoopSocket, ILoopWork
{
    private EventLoop loop = null!;
    private IConnectCheck check = null!;
    private TcpPath path = null!;
    private long number;
    private long started;
    private bool hasEnded;

    /// <summary>Whose connects they are.</summary>
    internal interface IOwner
    {
        /// <summary>A connect has ended, between two timestamps. On the loop.</summary>
        void Ended(long number, Observation seen, long started, long ended);
    }

    /// <summary>Whether the loop will call <see cref="Run"/>: then it is not for another probe yet.</summary>
    public bool IsDeferred { get; private set; }

    /// <summary>Says what it is for. Nobody else has it then.</summary>
    /// <param name="eventLoop">The loop.</param>
    /// <param name="connectCheck">The check.</param>
    /// <param name="onlyPath">Where to.</param>
    /// <param name="probe">Which of its owner's.</param>
    public void Prepare(EventLoop eventLoop, IConnectCheck connectCheck, TcpPath onlyPath, long probe)
    {
        (loop, check, path, number) = (eventLoop, connectCheck, onlyPath, probe);
        (started, hasEnded) = (0, false);
    }

    /// <summary>Has the loop begin, behind all that is urgent. From any thread.</summary>
    public void Defer()
    {
        IsDeferred = true;
        loop.Defer(this);
    }

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
        IsDeferred = false;
        if (hasEnded)
        {
            return;
        }

        started = loop.Time.GetTimestamp();
        Descriptor = LinuxSockets.Open(NativeAddress.Family(path.Target));
        if (Descriptor < 0)
        {
            End(Fault(-Descriptor));
            return;
        }

        if (Descriptors.IsOfReserve((nint)Descriptor))
        {
            End(TcpFault.Read(SocketError.TooManyOpenSockets, path, isBound: true));
            return;
        }

        TcpSocketOptions.Apply(Descriptor, check.Close);
        Span<byte> target = stackalloc byte[NativeAddress.Longest];
        int error = LinuxSockets.Connect(Descriptor, target[..NativeAddress.Write(path.Target, target)]);
        if (error == -LinuxSockets.InProgress)
        {
            loop.TimeoutOf(check.Timeout).Enter(this);
            error = loop.Watch(this, EpollEvents.Writable);
        }
        else if (error == 0)
        {
            End(Connected());
            return;
        }

        if (error < 0)
        {
            End(Fault(-error));
        }
    }

    /// <summary>Ends it, if it is that one: its result no longer matters. From any thread.</summary>
    public void Abandon(long probe) =>
        loop.Post(() =>
        {
            if (number == probe)
            {
                End(Observation.Error("cancelled"));
            }
        });

    public override void Ready(EpollEvents seen)
    {
        bool mayHaveFailed = (seen & (EpollEvents.Error | EpollEvents.HungUp)) != EpollEvents.None;
        int error = mayHaveFailed ? LinuxSockets.TakePendingError(Descriptor) : 0;
        End(error == 0 ? Connected() : Fault(error));
    }

    // What the target has answered by now, it has answered in time, however late that is handled.
    public override void TimedOut()
    {
        if (LinuxSockets.HasConnectEnded(Descriptor))
        {
            Ready(EpollEvents.Error);
        }
        else
        {
            End(TcpAttempt.TimedOut(path));
        }
    }

    public override void Break(Exception exception) =>
        End(Observation.Error($"{exception.GetType().Name}: {exception.Message}"));

    private TcpAttempt Fault(int error) => TcpFault.Read(LinuxSockets.Error(error), path, isBound: true);

    private TcpAttempt Connected() =>
        IsSelfConnection() ? TcpAttempt.ToItself(path) : new(path.Target, TcpEnding.Connected, "");

    private bool IsSelfConnection()
    {
        Span<byte> own = stackalloc byte[NativeAddress.Longest];
        int length = LinuxSockets.ReadOwnAddress(Descriptor, own);
        return length > 0
            && NativeAddress.Port(own) == path.Target.Port
            && NativeAddress.Address(own[..length]) is { } address
            && TcpAttempt.IsSelf(new(address, path.Target.Port), path.Target);
    }

    private void End(in TcpAttempt attempt)
    {
        if (!hasEnded)
        {
            End(check.Judge(attempt, loop.Time.GetElapsedTime(started)));
        }
    }

    private void End(Observation seen)
    {
        if (hasEnded)
        {
            return;
        }

        hasEnded = true;
        started = started == 0 ? loop.Time.GetTimestamp() : started;
        if (Descriptor >= 0)
        {
            loop.Forget(this);
            LinuxSockets.Close(Descriptor);
            Descriptor = -1;
        }

        owner.Ended(number, seen, started, loop.Time.GetTimestamp());
    }
}
