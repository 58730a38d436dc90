using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>One connect whose outcome is a value: that a target refuses is no exception, and a check of one that is down
/// should not cost the price of one.</summary>
/// <remarks>The deadline ends a connect that the target has not answered. Where an answer has arrived and is only not handled
/// yet, as after a pause of this process, the answer is the outcome, however late it is handled.</remarks>
internal sealed class TcpConnect(Socket socket, IPEndPoint target) : SocketAsyncEventArgs(true)
{
    // What follows runs where the connect ends, on a thread of the pool: another one would have to be woken for it.
    private readonly TaskCompletionSource<SocketError> outcome = new();

    private volatile bool isTimedOut;

    /// <summary>Whether the deadline passed without an answer.</summary>
    public bool IsTimedOut => isTimedOut;

    /// <summary>Connects. It has ended in the system, too, when the outcome is there.</summary>
    public async ValueTask<SocketError> RunAsync(CancellationToken deadline)
    {
        RemoteEndPoint = target;
        if (!socket.ConnectAsync(this))
        {
            return SocketError;
        }

        // Only now: what is not in flight yet cannot be called off, and would be waited for without an end.
        await using CancellationTokenRegistration atDeadline = deadline.UnsafeRegister(
            static connect => ((TcpConnect)connect!).EndUnlessAnswered(),
            this
        );
        // Made and completed here alone.
#pragma warning disable VSTHRD003
        return await outcome.Task;
#pragma warning restore VSTHRD003
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e) => outcome.TrySetResult(SocketError);

    private void EndUnlessAnswered()
    {
        if (!IsAnswered())
        {
            isTimedOut = true;
            Socket.CancelConnectAsync(this);
        }
    }

    // SO_ERROR would say more, but reading it takes the error away from the runtime, which is about to read it.
    private bool IsAnswered()
    {
        try
        {
            return socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite)
                || socket.Poll(TimeSpan.Zero, SelectMode.SelectError);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
