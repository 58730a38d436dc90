using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Addresses as Linux writes them: struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).</summary>
[SupportedOSPlatform("linux")]
internal static class NativeAddress
{
    /// <summary>How many bytes an address takes at most (struct sockaddr_storage).</summary>
    public const int Longest = 128;

    /// <summary>AF_INET.</summary>
    private const int IPv4 = 2;

    /// <summary>AF_INET6.</summary>
    private const int IPv6 = 10;

    // Behind the family and the port. IPv6 has the flow before the address, and the scope behind it.
    private const int PortAt = 2;
    private const int IPv4At = 4;
    private const int IPv4Length = 16;
    private const int IPv6At = 8;
    private const int ScopeAt = 24;
    private const int IPv6Length = 28;

    /// <summary>The number of the family of an address.</summary>
    public static int Family(IPEndPoint endPoint) =>
        endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6 : IPv4;

    /// <summary>Writes an address.</summary>
    /// <returns>How many bytes it has.</returns>
    public static int Write(IPEndPoint endPoint, Span<byte> native)
    {
        bool isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        int length = isIPv6 ? IPv6Length : IPv4Length;
        native[..length].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(native, (ushort)(isIPv6 ? IPv6 : IPv4));
        BinaryPrimitives.WriteUInt16BigEndian(native[PortAt..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(native[(isIPv6 ? IPv6At : IPv4At)..], out _);
        if (isIPv6)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(native[ScopeAt..], (uint)endPoint.Address.ScopeId);
        }

        return length;
    }

    /// <summary>Reads the port.</summary>
    public static int Port(ReadOnlySpan<byte> native) => BinaryPrimitives.ReadUInt16BigEndian(native[PortAt..]);

    /// <summary>Reads the address; null where it is of another family, as of a Unix socket.</summary>
    public static IPAddress? Address(ReadOnlySpan<byte> native) =>
        native.Length < sizeof(ushort)
            ? null
            : BinaryPrimitives.ReadUInt16LittleEndian(native) switch
            {
                IPv4 when native.Length >= IPv4Length => new(native[IPv4At..(IPv4At + 4)]),
                IPv6 when native.Length >= IPv6Length => new(
                    native[IPv6At..ScopeAt],
                    BinaryPrimitives.ReadUInt32LittleEndian(native[ScopeAt..])
                ),
                _ => null,
            };
}
