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

    /// <summary>Refuses a host that is an address of another family. A name passes: which addresses it has is only known later.</summary>
    /// <param name="family">The addresses that are tried.</param>
    /// <param name="host">A name or an address.</param>
    /// <exception cref="ArgumentException">It is an address of another family.</exception>
    public static void Check(this IpFamily family, string host)
    {
        if (HostOption.AddressOf(host) is { } address && !family.Has(address))
        {
            throw new ArgumentException(
                $"family is {family.Word()}, of which {host} is none; accepted: the family of the address, or a host name",
                nameof(family)
            );
        }
    }

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
