using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>The addresses of a name that a check tries.</summary>
public enum IpFamily
{
    /// <summary>All, in the order in which the system gives them.</summary>
    Any,

    /// <summary>IPv4 alone.</summary>
    Ipv4,

    /// <summary>IPv6 alone.</summary>
    Ipv6,
}

/// <summary>What belongs to a family.</summary>
internal static class IpFamilyMembers
{
    public static bool Has(this IpFamily family, IPAddress address) =>
        family switch
        {
            IpFamily.Any => true,
            IpFamily.Ipv4 => address.AddressFamily == AddressFamily.InterNetwork,
            IpFamily.Ipv6 => address.AddressFamily == AddressFamily.InterNetworkV6,
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "no such family"),
        };

    /// <summary>As people write it.</summary>
    public static string Word(this IpFamily family) =>
        family switch
        {
            IpFamily.Any => "IP",
            IpFamily.Ipv4 => "IPv4",
            IpFamily.Ipv6 => "IPv6",
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "no such family"),
        };
}
