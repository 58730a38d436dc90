using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A connection on an event loop that sends and receives: whoever waits for it goes on within the turn of the loop in which
/// the system reports what happened.</summary>
/// <remarks>One deadline holds from the connect to the close. What has arrived when it passes is received; then nothing is waited for. All
/// of it belongs to the thread of the loop.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class LoopConnection : ConnectingSocket, ILoopWork
{
    /// <summary>How much is received before others have their turn, in bytes; and how much of what arrived too late to be handled in time. More
    /// than a check reads of an answer.</summary>
    public const int MostATurn = 128 * 1024;

    private const EpollEvents All =
        EpollEvents.Readable | EpollEvents.Writable | EpollEvents.PeerClosed | EpollEvents.EdgeTriggered;

    private readonly LoopSignal<TcpAttempt> connected;
    private readonly LoopSignal<int> received;
    private LoopSignal<bool>? sent;
    private Memory<byte> into;
    private ReadOnlyMemory<byte> unsent;

    // What happens is reported once (EPOLLET): true until there is no more.
    private bool mayReceive;
    private bool isPeerClosed;
    private int left = MostATurn;

    // Whether it waits for the turn of others to be over.
    private bool isQueued;
    private Exception? fault;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="path">Where to; without a source.</param>
    public LoopConnection(EventLoop loop, TcpPath path)
    {
        (connected, received) = (new(loop), new(loop));
        Prepare(loop, path);
    }

    /// <summary>Connects, once. Whoever does sends first.</summary>
    /// <param name="timeout">How long all of it may take, until it is closed.</param>
    public ValueTask<TcpAttempt> ConnectAsync(TimeSpan timeout)
    {
        ValueTask<TcpAttempt> ended = connected.WaitAsync(CancellationToken.None);
        // What is said over it has to arrive: a reset might take it away from the target's application.
        Connect(TcpClose.Fin, timeout, All, isSentAtOnce: true);
        return ended;
    }

    /// <summary>Receives what there is, at least a byte; 0 is the end of what the peer sends.</summary>
    /// <exception cref="IOException">The connection failed; with a <see cref="SocketException"/> within.</exception>
    /// <exception cref="OperationCanceledException">The time has run out, or nobody waits any more.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (fault is not null || cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<int>(fault ?? new OperationCanceledException(cancellationToken));
        }

        int count = (mayReceive || IsLate) && left > 0 ? Receive(buffer.Span) : -LinuxSockets.TryAgain;
        if (count >= 0)
        {
            return new(count);
        }

        if (count != -LinuxSockets.TryAgain)
        {
            return ValueTask.FromException<int>(FaultOf(count));
        }

        if (IsLate)
        {
            return ValueTask.FromException<int>(TooLate());
        }

        if (mayReceive && !isQueued)
        {
            isQueued = true;
            Loop.Defer(this);
        }

        into = buffer;
        return received.WaitAsync(cancellationToken);
    }

    /// <summary>Sends all of it.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (fault is not null || cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException(fault ?? new OperationCanceledException(cancellationToken));
        }

        int error = Send(ref bytes);
        if (error == 0)
        {
            return ValueTask.CompletedTask;
        }

        if (error != -LinuxSockets.TryAgain)
        {
            return ValueTask.FromException(FaultOf(error));
        }

        if (IsLate)
        {
            return ValueTask.FromException(TooLate());
        }

        unsent = bytes;
        return (sent ??= new(Loop)).WaitOnlyAsync(cancellationToken);
    }

    /// <summary>Closes it. Whoever waits for it gets an exception, at once and from now on.</summary>
    public void Abort() => End(new OperationCanceledException("the connection was given up"));

    public override void Break(Exception exception) => End(exception);

    /// <summary>The turn of others is over.</summary>
    void ILoopWork.Run()
    {
        isQueued = false;
        left = IsLate ? left : MostATurn;
        ContinueReceiving();
    }

    protected override void Ended(in TcpAttempt attempt) => connected.Complete(attempt);

    protected override void Happened(EpollEvents seen)
    {
        bool isEnded = (seen & (EpollEvents.PeerClosed | EpollEvents.HungUp | EpollEvents.Error)) != EpollEvents.None;
        isPeerClosed |= isEnded;
        mayReceive |= isEnded || (seen & EpollEvents.Readable) != EpollEvents.None;
        left = IsLate || isQueued ? left : MostATurn;
        if (sent is { IsAwaited: true })
        {
            ContinueSending();
        }

        ContinueReceiving();
    }

    protected override void Expired()
    {
        left = MostATurn;
        sent?.Fail(TooLate());
        mayReceive = true;
        ContinueReceiving();
        received.Fail(TooLate());
    }

    private static OperationCanceledException TooLate() => new("the time has run out");

    private static IOException FaultOf(int error)
    {
        SocketException cause = new((int)LinuxSockets.Error(-error));
        return new(cause.Message, cause);
    }

    private void ContinueReceiving()
    {
        if (!mayReceive || !received.IsAwaited || left <= 0)
        {
            return;
        }

        int count = Receive(into.Span);
        if (count == -LinuxSockets.TryAgain)
        {
            return;
        }

        into = default;
        if (count >= 0)
        {
            received.Complete(count);
        }
        else
        {
            received.Fail(FaultOf(count));
        }
    }

    private void ContinueSending()
    {
        int error = Send(ref unsent);
        if (error == 0)
        {
            sent!.Complete(true);
        }
        else if (error != -LinuxSockets.TryAgain)
        {
            sent!.Fail(FaultOf(error));
        }
    }

    private int Receive(Span<byte> buffer)
    {
        int count = LinuxSockets.Receive(Descriptor, buffer);
        // Less than there was room for: there is no more, but perhaps an end, which is not reported again.
        mayReceive = count != -LinuxSockets.TryAgain && (count <= 0 || count == buffer.Length || isPeerClosed);
        left -= Math.Max(0, count);
        return count;
    }

    // As far as the system takes it.
    private int Send(ref ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = LinuxSockets.Send(Descriptor, bytes.Span);
            if (count < 0)
            {
                return count;
            }

            bytes = bytes[count..];
        }

        return 0;
    }

    private void End(Exception why)
    {
        fault ??= why;
        CloseDescriptor();
        connected.Fail(why);
        sent?.Fail(why);
        received.Fail(why);
    }
}
