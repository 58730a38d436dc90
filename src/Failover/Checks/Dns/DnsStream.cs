using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A query by TCP, where each message goes behind its length (RFC 1035, 4.2.2).</summary>
/// <param name="target">The server.</param>
/// <param name="id">The identity of the query.</param>
/// <param name="question">What is asked.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsStream(IPEndPoint target, ushort id, DnsQuestion question, TimeProvider time)
{
    /// <summary>Asks. Never throws: what keeps it from an answer is an outcome.</summary>
    public async ValueTask<DnsOutcome> RunAsync(byte[] query, PhaseTimes phases, CancellationToken deadline)
    {
        using Dialed dialed = await new Dialer(target.Address.ToString(), target.Port).DialAsync(
            TcpClose.Fin,
            time,
            deadline,
            phases
        );
        if (!dialed.IsConnected)
        {
            return new(null, dialed.Failure);
        }

        try
        {
            phases.Begin(ProbePhase.FirstByte);
            await using NetworkStream stream = new(dialed.Socket);
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
            return new(null, StreamFault.Read(fault, phases, $"{target} by TCP"));
        }
    }

    private DnsOutcome Read(byte[] message)
    {
        try
        {
            DnsAnswer answer =
                DnsAnswer.Read(message, id, question) ?? throw new MalformedAnswerException("it is none to the query");
            return answer.IsTruncated
                ? throw new MalformedAnswerException("it is truncated by TCP, too")
                : new(answer, null);
        }
        catch (MalformedAnswerException fault)
        {
            return DnsOutcome.Malformed(fault, target);
        }
    }
}
