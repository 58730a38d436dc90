using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Networks that lead to this machine or to its neighbours, whatever name stands for them.</summary>
/// <remarks>Sources: IANA's registries of special-purpose addresses (RFC 6890). Where clouds offer credentials of the machine,
/// 169.254.169.254, is among them.</remarks>
internal static class ReservedNetworks
{
    private static readonly (IPNetwork Network, string Word)[] All =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("255.255.255.255/32"), "broadcast"),
        (IPNetwork.Parse("::/128"), "unspecified"),
        (IPNetwork.Parse("::1/128"), "loopback"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    // By their places in the address: well-known NAT64 (RFC 6052, 2.1), 6to4 (RFC 3056, 2), and what was once "IPv4-compatible" (RFC 4291,
    // 2.5.5.1).
    private static readonly (IPNetwork Network, int Offset)[] Embedding =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
        (IPNetwork.Parse("::/96"), 12),
    ];

    /// <summary>The one that an address is in, and what it is called; null for all others.</summary>
    /// <param name="address">The address; IPv4 as itself (<see cref="HostOption.Plain"/>).</param>
    public static (IPNetwork Network, string Word)? Of(IPAddress address)
    {
        foreach ((IPNetwork network, string word) in All)
        {
            if (network.Contains(address))
            {
                return (network, word);
            }
        }

        return null;
    }

    /// <summary>The IPv4 address that gateways make of an IPv6 address; null for all others.</summary>
    public static IPAddress? EmbeddedIn(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        foreach ((IPNetwork network, int offset) in Embedding)
        {
            if (network.Contains(address))
            {
                return new(address.GetAddressBytes().AsSpan(offset, 4));
            }
        }

        return null;
    }

    /// <summary>Whether all of one network is in another one.</summary>
    public static bool IsWithin(IPNetwork inner, IPNetwork outer) =>
        inner.PrefixLength >= outer.PrefixLength && outer.Contains(inner.BaseAddress);
}
