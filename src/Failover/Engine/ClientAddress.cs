using System.Buffers.Binary;
using System.Net;

namespace Failover;

/// <summary>Where a client is, without an object: an IPv6 address, or an IPv4 address mapped into one; 0 for a client without an
/// address.</summary>
internal readonly record struct ClientAddress(UInt128 Bits)
{
    private const int Length = 16;

    // ::ffff:0:0/96 (RFC 4291, 2.5.5.2).
    private const ulong Mapped = 0xffff_0000_0000;

    /// <summary>The one of an address; null for a client on a Unix socket.</summary>
    public static ClientAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[Length];
        address.TryWriteBytes(bytes, out int length);
        return length == Length
            ? new(BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : new(Mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    public override string ToString()
    {
        if (Bits == UInt128.Zero)
        {
            return "a Unix socket";
        }

        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        IPAddress address = new(bytes);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
