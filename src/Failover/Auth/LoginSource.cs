using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Where log-ins come from, as far as it is distinguished: an IPv4 address (mapped into IPv6 or not), or the /64 of an IPv6
/// address, which is what one subscriber has. A socket without addresses is one source.</summary>
internal readonly record struct LoginSource(AddressFamily Family, ulong Network)
{
    public static LoginSource Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out int length))
        {
            return new(AddressFamily.Unspecified, 0);
        }

        return length == 4 ? new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6
                ? new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
