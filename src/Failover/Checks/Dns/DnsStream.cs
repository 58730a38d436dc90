using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A query by TCP, where each message goes behind its length (RFC 1035, 4.2.2).</summary>
/// <param name="target">The server.</param>
/// <param name="id">The identity of the query.</param>
/// <param name="question">What is asked.</param>
internal sealed class DnsStream(IPEndPoint target, ushort id, DnsQuestion question)
{
    /// <summary>Asks. Never throws: what keeps it from an answer is an outcome.</summary>
    public async ValueTask<DnsAttempt> RunAsync(byte[] query, PhaseTimes phases, CancellationToken deadline)
    {
        phases.Begin(ProbePhase.Connect);
        TcpAttempt connected = await TcpAttempt.RunAsync(new(target, Source: null), TcpClose.Fin, deadline);
        using Socket? socket = connected.Socket;
        if (socket is null)
        {
            return new(connected.Fault);
        }

        try
        {
            phases.Begin(ProbePhase.FirstByte);
            await using NetworkStream stream = new(socket);
            byte[] message = [0, 0, .. query];
            BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)query.Length);
            await stream.WriteAsync(message, deadline);
            byte[] length = new byte[sizeof(ushort)];
            await stream.ReadExactlyAsync(length, deadline);
            phases.Begin(ProbePhase.Rest);
            byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(answer, deadline);
            return Read(answer);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return new(AddressFault.Of(StreamFault.Read(fault, phases, $"{target} by TCP")));
        }
    }

    private DnsAttempt Read(byte[] message)
    {
        try
        {
            DnsAnswer answer =
                DnsAnswer.Read(message, id, question) ?? throw new MalformedAnswerException("it is none to the query");
            return answer.IsTruncated ? throw new MalformedAnswerException("it is truncated by TCP, too") : new(answer);
        }
        catch (MalformedAnswerException fault)
        {
            return DnsAttempt.Malformed(fault, target);
        }
    }
}
