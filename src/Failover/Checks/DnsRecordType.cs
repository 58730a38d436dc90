namespace Failover;

/// <summary>The types of DNS records that a <see cref="DnsCheck"/> asks for.</summary>
// The numbers and the names are those of the registry, which begins at 1 and leaves gaps.
#pragma warning disable CA1008, CA1027, CA1720
public enum DnsRecordType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name of a name server of a zone.</summary>
    Ns = 2,

    /// <summary>The name that an alias stands for.</summary>
    Cname = 5,

    /// <summary>The beginning of a zone: its server, its mailbox, its serial number and four times.</summary>
    Soa = 6,

    /// <summary>The name of an address.</summary>
    Ptr = 12,

    /// <summary>A mail server: its preference and its name.</summary>
    Mx = 15,

    /// <summary>A text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>The server of a service: priority, weight, port and name.</summary>
    Srv = 33,

    /// <summary>Who may issue certificates: flags, a tag and a value in quotes.</summary>
    Caa = 257,
}
#pragma warning restore CA1008, CA1027, CA1720
