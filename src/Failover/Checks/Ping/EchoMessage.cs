using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Failover;

/// <summary>The echo requests of one probe, and the replies to them: ICMP (RFC 792) and ICMPv6 (RFC 4443, 4).</summary>
/// <remarks>A reply repeats what the request carried, random bytes that say that it is one to this probe, whatever else comes in. The identifier
/// would not: the system puts its own in the place of it, or, on a raw socket, others may use the same.</remarks>
internal sealed class EchoMessage
{
    /// <summary>As many bytes as ping(8) sends: 8 of the header, and 56.</summary>
    public const int Length = HeaderLength + 56;

    private const int HeaderLength = 8;

    private readonly byte[] bytes = new byte[Length];
    private readonly byte requestType;
    private readonly byte replyType;

    /// <param name="family">That of the target.</param>
    public EchoMessage(AddressFamily family)
    {
        (requestType, replyType) = family == AddressFamily.InterNetworkV6 ? ((byte)128, (byte)129) : ((byte)8, (byte)0);
        bytes[0] = requestType;
        RandomNumberGenerator.Fill(bytes.AsSpan(4, 2));
        RandomNumberGenerator.Fill(bytes.AsSpan(HeaderLength));
    }

    private ReadOnlySpan<byte> Payload => bytes.AsSpan(HeaderLength);

    /// <summary>The request of a number; the next call changes it.</summary>
    public ReadOnlySpan<byte> Request(int sequence)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)sequence);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), 0);
        // Over IPv6 the system computes it, as it needs the addresses (RFC 3542, 3.1).
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Checksum(bytes));
        return bytes;
    }

    /// <summary>The number of the request that a message replies to; null where it is anything else.</summary>
    /// <param name="message">As a socket gives it: over IPv4 on a raw one, with the header of IP.</param>
    public int? SequenceOf(ReadOnlySpan<byte> message)
    {
        if (requestType == 8 && message.Length > 0 && message[0] >> 4 == 4)
        {
            int header = (message[0] & 0xf) * 4;
            message = message[Math.Min(header, message.Length)..];
        }

        return
            message.Length == Length
            && message[0] == replyType
            && message[1] == 0
            && message[HeaderLength..].SequenceEqual(Payload)
            ? BinaryPrimitives.ReadUInt16BigEndian(message[6..])
            : null;
    }

    // The ones' complement of the ones' complement sum of its words (RFC 1071).
    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        uint sum = 0;
        for (int i = 0; i < message.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        }

        sum = (sum >> 16) + (sum & 0xffff);
        return (ushort)~(sum + (sum >> 16));
    }
}
