using System.Buffers.Binary;
using System.Net;

namespace Failover;

/// <summary>What counts as one source of connections: an IPv4 address (mapped into IPv6 or not), or the /64 of an IPv6 address, which is
/// what one subscriber has.</summary>
internal readonly record struct ClientNetwork(bool IsV6, ulong Prefix)
{
    public static ClientNetwork Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4 ? new(IsV6: false, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6 ? new(IsV6: false, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new(IsV6: true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    public override string ToString()
    {
        byte[] bytes = new byte[IsV6 ? 16 : 4];
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, Prefix);
            return $"{new IPAddress(bytes)}/64";
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Prefix);
        return new IPAddress(bytes).ToString();
    }
}
