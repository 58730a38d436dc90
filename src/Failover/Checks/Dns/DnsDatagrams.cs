using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A query by UDP.</summary>
/// <remarks>The socket is connected: the system passes on only what comes from the server, and says so where nobody listens at its port. A
/// datagram that is no answer to the query (another identity or another question) is passed over, as a forged or a late one would be.</remarks>
/// <param name="target">The server.</param>
/// <param name="id">The identity of the query.</param>
/// <param name="question">What is asked.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsDatagrams(IPEndPoint target, ushort id, DnsQuestion question, TimeProvider time)
{
    private const int LargestDatagram = ushort.MaxValue;

    // More than a server ever sends by mistake.
    private const int MostStrangers = 1000;

    // A datagram may be lost on its way. The system's own resolver waits for 5 s.
    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(1);

    private int strangers;

    /// <summary>Asks, and asks again each second until the answer comes.</summary>
    public async ValueTask<DnsAttempt> RunAsync(byte[] query, PhaseTimes phases, CancellationToken deadline)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LargestDatagram);
        try
        {
            using Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (Descriptors.IsOfReserve(socket))
            {
                return Of(SocketError.TooManyOpenSockets);
            }

            socket.Blocking = false;
            // Sends nothing, and so waits for nothing.
#pragma warning disable VSTHRD103
            socket.Connect(target);
#pragma warning restore VSTHRD103
            while (true)
            {
                await socket.SendAsync(query, deadline);
                if (await ReceiveAsync(socket, buffer, deadline) is { } attempt)
                {
                    return attempt;
                }
            }
        }
        catch (SocketException fault)
        {
            return Of(fault.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            string silent = phases.TimedOut(target.ToString()).Reason;
            return Of(
                TcpEnding.TimedOut,
                strangers == 0 ? silent : $"{silent}, what came was no answer to the query ({strangers} datagrams)"
            );
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Null where it is time to ask again.
    private async ValueTask<DnsAttempt?> ReceiveAsync(Socket socket, byte[] buffer, CancellationToken deadline)
    {
        using CancellationTokenSource again = new(SendAgainAfter, time);
        using CancellationTokenRegistration link = deadline.UnsafeRegister(
            static again => ((CancellationTokenSource)again!).Cancel(),
            again
        );
        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveAsync(buffer, again.Token);
            }
            catch (OperationCanceledException)
            {
                // It may have come in time, and not be handled yet.
                if (ArrivedDatagram.Take(socket, buffer) is { } arrived)
                {
                    length = arrived;
                }
                else if (deadline.IsCancellationRequested)
                {
                    throw;
                }
                else
                {
                    return null;
                }
            }

            try
            {
                if (DnsAnswer.Read(buffer.AsSpan(0, length), id, question) is { } answer)
                {
                    return new(answer);
                }
            }
            catch (MalformedAnswerException fault)
            {
                return DnsAttempt.Malformed(fault, target);
            }

            if (++strangers == MostStrangers)
            {
                return Of(TcpEnding.Failed, $"{strangers} datagrams, none an answer to the query: {target}");
            }
        }
    }

    private DnsAttempt Of(SocketError error) =>
        new(TcpFault.Read(error, new(target, Source: null), isBound: true).Fault);

    private static DnsAttempt Of(TcpEnding ending, string reason) => new(new AddressFault(ending, reason));
}
