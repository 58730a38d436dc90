using System.Net;

namespace Failover;

/// <summary>What whoever asks for a probe may name as its target: one entry of a list.</summary>
/// <param name="Text">As it was written.</param>
internal sealed record AllowedTarget(string Text)
{
    public const string Accepted =
        "HOST:PORT, *.SUFFIX:PORT, NETWORK/LENGTH:PORT or [IPV6/LENGTH]:PORT, with * for any port";

    private const string AnyPort = "*";
    private const string AnyBelow = "*.";

    private static readonly HostOption Hosts = new("host", "");
    private static readonly PortOption Ports = new("port", "");

    /// <summary>The addresses; null: a name.</summary>
    public IPNetwork? Network { get; private init; }

    /// <summary>The name, or with <see cref="IsSuffix"/> the end of names, after a dot.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Whether names below <see cref="Name"/> are meant, and not it.</summary>
    public bool IsSuffix { get; private init; }

    /// <summary>The port; null: any.</summary>
    public int? Port { get; private init; }

    /// <summary>Reads what a person wrote.</summary>
    public static Parsed Parse(string text)
    {
        if (HostAndPort.Split(text) is not var (host, written))
        {
            return Parsed.Refused();
        }

        Port? port = null;
        if (written != AnyPort)
        {
            Parsed number = Ports.Parse(written);
            if (number.Value is not Port given)
            {
                return Parsed.Refused("whose port is none");
            }

            port = given;
        }

        AllowedTarget entry = new(text) { Port = port?.Number };
        if (host.StartsWith(AnyBelow, StringComparison.Ordinal))
        {
            string suffix = host[AnyBelow.Length..];
            return Hosts.Parse(suffix).IsValue && HostOption.AddressOf(suffix) is null
                ? new(entry with { Name = suffix.TrimEnd('.'), IsSuffix = true })
                : Parsed.Refused();
        }

        Parsed network = NetworkText.Parse(host);
        return network.Value is IPNetwork read ? new(entry with { Network = read })
            : network.Flaw.Length > 0 ? Parsed.Refused(network.Flaw)
            : Hosts.Parse(host).IsValue && HostOption.AddressOf(host) is null
                ? new(entry with { Name = host.TrimEnd('.') })
            : Parsed.Refused();
    }

    /// <summary>Whether a name is meant.</summary>
    public bool HasName(string host)
    {
        string name = host.TrimEnd('.');
        return Network is null
            && (
                IsSuffix
                    ? name.Length > Name.Length + 1
                        && name[^(Name.Length + 1)] == '.'
                        && name.EndsWith(Name, StringComparison.OrdinalIgnoreCase)
                    : name.Equals(Name, StringComparison.OrdinalIgnoreCase)
            );
    }

    /// <summary>Whether a port is meant.</summary>
    /// <param name="port">The port; null of a target that has none, as of ICMP: any entry is for it.</param>
    public bool HasPort(int? port) => port is null || Port is null || Port == port;
}
