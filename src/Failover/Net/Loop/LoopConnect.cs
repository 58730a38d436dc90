using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>One connect on an event loop, of a check that is no more than that. The same verdicts as those of <see cref="TcpAttempt"/>,
/// without a hop between threads.</summary>
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
    LoopConnect.IOwner owner
) : LoopSocket, ILoopWork
{
    private long started;
    private bool hasEnded;

    /// <summary>Whose connects they are.</summary>
    internal interface IOwner
    {
        /// <summary>A connect has ended, between two timestamps. On the loop.</summary>
        void Ended(long number, Observation seen, long started, long ended);
    }

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
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

    /// <summary>Ends it: its result no longer matters. From any thread.</summary>
    public void Abandon() => loop.Post(() => End(Observation.Error("cancelled")));

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
