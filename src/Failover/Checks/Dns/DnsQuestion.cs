using System.Buffers.Binary;

namespace Failover;

/// <summary>What a name server is asked.</summary>
/// <param name="Name">The name, with or without a dot at its end.</param>
/// <param name="Type">The type of the records.</param>
internal sealed record DnsQuestion(string Name, DnsRecordType Type)
{
    /// <summary>The class of the Internet.</summary>
    public const ushort Internet = 1;

    private const ushort RecursionDesired = 0x0100;

    /// <summary>The query (RFC 1035, 4.1), without EDNS: what every server understands. An answer that takes more than 512 octets comes by
    /// TCP.</summary>
    /// <param name="id">What the answer to it has to repeat.</param>
    public byte[] Query(ushort id)
    {
        byte[] name = DnsNames.Encode(Name);
        byte[] query = new byte[DnsAnswer.HeadSize + name.Length + (2 * sizeof(ushort))];
        Put(query, 0, id);
        Put(query, 2, RecursionDesired);
        Put(query, 4, 1);
        name.CopyTo(query, DnsAnswer.HeadSize);
        Put(query, query.Length - 4, (ushort)Type);
        Put(query, query.Length - 2, Internet);
        return query;
    }

    private static void Put(Span<byte> query, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(query[at..], value);
}
