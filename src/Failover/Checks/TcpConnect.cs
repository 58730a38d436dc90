using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>One connect whose outcome is a value: that a target refuses is no exception, and a check of one that is down
/// should not cost the price of one.</summary>
internal sealed class TcpConnect() : SocketAsyncEventArgs(true)
{
    private readonly TaskCompletionSource<SocketError> outcome = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>Connects. It has ended in the system, too, when the outcome is there.</summary>
    public async ValueTask<SocketError> RunAsync(Socket socket, IPEndPoint target, CancellationToken deadline)
    {
        RemoteEndPoint = target;
        if (!socket.ConnectAsync(this))
        {
            return SocketError;
        }

        // Only now: what is not under way yet cannot be called off, and would be waited for without an end.
        await using CancellationTokenRegistration atDeadline = deadline.UnsafeRegister(
            static connect => Socket.CancelConnectAsync((TcpConnect)connect!),
            this
        );
        // Made and completed here alone; continuations never run on the thread that completes it.
#pragma warning disable VSTHRD003
        return await outcome.Task;
#pragma warning restore VSTHRD003
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e) => outcome.TrySetResult(SocketError);
}
