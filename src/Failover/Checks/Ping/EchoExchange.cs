using System.Net.Sockets;

namespace Failover;

/// <summary>Sends the echo requests of one probe, and takes the replies.</summary>
/// <param name="socket">One that is connected to the target.</param>
/// <param name="count">How many are sent.</param>
/// <param name="spacing">The time from one to the next.</param>
/// <param name="time">The clock.</param>
internal sealed class EchoExchange(Socket socket, int count, TimeSpan spacing, TimeProvider time)
{
    private const int LongestMessage = 2048;

    private readonly EchoMessage message = new(socket.AddressFamily);
    private readonly byte[] received = new byte[LongestMessage];
    private readonly long[] sentAt = new long[count];
    private readonly EchoResult result = new(count);
    private int sent;

    /// <summary>Ends when it is decided, at a fault of this machine, or at the deadline. Never throws for what the network does.</summary>
    /// <param name="isDecided">Whether further replies would change nothing.</param>
    /// <param name="deadline">Its end.</param>
    public async Task<EchoResult> RunAsync(Func<EchoResult, bool> isDecided, CancellationToken deadline)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        Task due = Task.CompletedTask;
        Task<int>? receiving = null;
        while (!isDecided(result) && result.Fault is null && !over.IsCancellationRequested)
        {
            if (sent < count && due.IsCompleted)
            {
                Send();
                due = Task.Delay(spacing, time, over.Token);
                continue;
            }

            receiving ??= socket.ReceiveAsync(received, over.Token).AsTask();
            await Task.WhenAny(receiving, sent < count ? due : receiving);
            if (receiving.IsCompleted)
            {
                Take(receiving);
                receiving = null;
            }
        }

        await over.CancelAsync();
        await due.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task?)receiving ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (receiving is not null)
        {
            Take(receiving);
        }

        TakeRest();
        return result;
    }

    private void Send()
    {
        for (bool isAgain = false; ; isAgain = true)
        {
            try
            {
                sentAt[sent] = time.GetTimestamp();
                socket.Send(message.Request(sent));
                sent++;
                return;
            }
            catch (SocketException fault) when (!isAgain && IsUnreachable(fault.SocketErrorCode))
            {
                // The error of an earlier request, which the next use of the socket reports.
                result.Unreachable++;
            }
            catch (SocketException fault)
            {
                result.Fault = fault.SocketErrorCode;
                return;
            }
        }
    }

    private void Take(Task<int> receiving)
    {
        if (receiving.IsCompletedSuccessfully)
        {
#pragma warning disable VSTHRD002, VSTHRD103 // It has completed.
            Take(receiving.Result);
#pragma warning restore VSTHRD002, VSTHRD103
        }
        else if (receiving.Exception?.InnerException is SocketException { SocketErrorCode: var error })
        {
            Take(error);
        }
    }

    // What came in before the deadline and is not handled yet, as after a pause of this process.
    private void TakeRest()
    {
        try
        {
            for (int rest = 0; rest < count && result.Fault is null; rest++)
            {
                if (ArrivedDatagram.Take(socket, received) is not { } length)
                {
                    return;
                }

                Take(length);
            }
        }
        catch (SocketException fault)
        {
            Take(fault.SocketErrorCode);
        }
    }

    private void Take(int length)
    {
        if (message.SequenceOf(received.AsSpan(0, length)) is { } sequence && sequence < sent)
        {
            result.Add(sequence, time.GetElapsedTime(sentAt[sequence]));
        }
    }

    private void Take(SocketError error)
    {
        if (IsUnreachable(error))
        {
            result.Unreachable++;
        }
        else
        {
            result.Fault = error;
        }
    }

    private static bool IsUnreachable(SocketError error) =>
        error
            is SocketError.HostUnreachable
                or SocketError.NetworkUnreachable
                or SocketError.HostDown
                or SocketError.ConnectionRefused
                or SocketError.ProtocolOption;
}
