using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A socket on an event loop that connects. The same verdicts as those of <see cref="TcpAttempt"/>, without a hop between
/// threads.</summary>
[SupportedOSPlatform("linux")]
internal abstract class ConnectingSocket : LoopSocket
{
    // Of one that is used again, too, and so reported once (EPOLLET).
    private const EpollEvents ForConnectOnly = EpollEvents.Writable | EpollEvents.EdgeTriggered;

    private TcpPath path = null!;
    private bool isConnecting;

    /// <summary>The loop.</summary>
    protected EventLoop Loop { get; private set; } = null!;

    /// <summary>Whether its time has run out: what has arrived by then counts, and nothing is waited for any more.</summary>
    protected bool IsLate { get; private set; }

    /// <summary>Says what it is for, before it is used, and used again.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="to">Where to; without a source.</param>
    protected void Prepare(EventLoop loop, TcpPath to)
    {
        (Loop, path) = (loop, to);
        (isConnecting, IsLate) = (false, false);
    }

    public sealed override void Ready(EpollEvents seen)
    {
        if (!isConnecting)
        {
            Happened(seen);
            return;
        }

        isConnecting = false;
        bool mayHaveFailed = (seen & (EpollEvents.Error | EpollEvents.HungUp)) != EpollEvents.None;
        int error = mayHaveFailed ? LinuxSockets.TakePendingError(Descriptor) : 0;
        Ended(error == 0 ? Connected() : Fault(error));
        if (error == 0)
        {
            Happened(seen);
        }
    }

    // What the target has answered by now, it has answered in time, however late that is handled.
    public sealed override void TimedOut()
    {
        IsLate = true;
        if (!isConnecting)
        {
            Expired();
        }
        else if (LinuxSockets.HasConnectEnded(Descriptor))
        {
            Ready(EpollEvents.Error);
        }
        else
        {
            isConnecting = false;
            Ended(TcpAttempt.TimedOut(path));
        }
    }

    /// <summary>Begins to connect. On the loop, once.</summary>
    /// <param name="close">How the connection will be given up.</param>
    /// <param name="timeout">How long all of it may take, until it is closed.</param>
    /// <param name="wanted">What is reported of it.</param>
    /// <param name="isSentAtOnce">Whether something is sent as soon as it is connected.</param>
    protected void Connect(TcpClose close, TimeSpan timeout, EpollEvents wanted, bool isSentAtOnce = false)
    {
        Descriptor = LinuxSockets.Open(NativeAddress.Family(path.Target));
        if (Descriptor < 0)
        {
            Ended(Fault(-Descriptor));
        }
        else if (Descriptors.IsOfReserve((nint)Descriptor))
        {
            Ended(TcpFault.Read(SocketError.TooManyOpenSockets, path, isBound: true));
        }
        else
        {
            TcpSocketOptions.Apply(Descriptor, close, isSentAtOnce);
            Connect(timeout, wanted);
        }
    }

    /// <summary>The same for a connection that is only made, and reset then: by a socket that was used before, where there is one.</summary>
    protected void ConnectOnly(TimeSpan timeout)
    {
        if (IsIPv4 && Loop.Spare.TryTake(this, out int descriptor))
        {
            Descriptor = descriptor;
            TcpSocketOptions.ApplyAgain(descriptor);
            Connect(timeout, wanted: null);
        }
        else
        {
            Connect(TcpClose.Rst, timeout, ForConnectOnly);
        }
    }

    /// <summary>Resets what <see cref="ConnectOnly"/> has connected.</summary>
    protected void EndConnectOnly()
    {
        if (IsIPv4 && Descriptor >= 0 && Loop.Spare.TryKeep(this))
        {
            Descriptor = -1;
        }
        else
        {
            CloseDescriptor();
        }
    }

    /// <summary>Closes it, if it is open. On the loop.</summary>
    protected void CloseDescriptor()
    {
        if (Descriptor >= 0)
        {
            Loop.Forget(this);
            LinuxSockets.Close(Descriptor);
            Descriptor = -1;
        }
    }

    /// <summary>The connect has ended; the socket is open or not, and is closed by whoever derives.</summary>
    protected abstract void Ended(in TcpAttempt attempt);

    /// <summary>Something has happened since it connected, or together with that.</summary>
    protected virtual void Happened(EpollEvents seen) { }

    /// <summary>Its time has run out since it connected.</summary>
    protected virtual void Expired() { }

    private bool IsIPv4 => path.Target.AddressFamily == AddressFamily.InterNetwork;

    // Not watched yet where something is wanted.
    private void Connect(TimeSpan timeout, EpollEvents? wanted)
    {
        Loop.TimeoutOf(timeout).Enter(this);
        Span<byte> target = stackalloc byte[NativeAddress.Longest];
        int error = LinuxSockets.Connect(Descriptor, target[..NativeAddress.Write(path.Target, target)]);
        isConnecting = error == -LinuxSockets.InProgress;
        if (wanted is { } events && (isConnecting || error == 0))
        {
            error = Loop.Watch(this, events);
        }

        if (error < 0 && error != -LinuxSockets.InProgress)
        {
            isConnecting = false;
            Ended(Fault(-error));
        }
        else if (!isConnecting)
        {
            Ended(Connected());
        }
    }

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
}
