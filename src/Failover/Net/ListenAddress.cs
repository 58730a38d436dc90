using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>Where a server listens: a port on all addresses or on one, or a Unix socket.</summary>
/// <param name="Host">A name or address of this machine, an IPv6 one without brackets: <c>0.0.0.0</c> is every IPv4 address,
/// <c>::</c> every IPv6 address; null: all of both, or a Unix socket.</param>
/// <param name="Port">0 to 65535, 0 for any free one; of no meaning with a Unix socket.</param>
/// <param name="SocketPath">The Unix socket; null: TCP.</param>
/// <param name="IsTls">Whether it speaks HTTPS.</param>
internal sealed record ListenAddress(string? Host, int Port, string? SocketPath = null, bool IsTls = false)
{
    public const string Accepted =
        "a port, HOST:PORT, [IPV6]:PORT or unix:/PATH, with http:// or https:// before it where it is to differ from the others";

    /// <summary>For what does not speak HTTP.</summary>
    public const string AcceptedPlain = "a port, HOST:PORT, [IPV6]:PORT or unix:/PATH";

    private const string Unix = "unix:";
    private const string Http = "http://";
    private const string Https = "https://";

    /// <summary>Reads what a person wrote.</summary>
    /// <param name="text">As <see cref="Accepted"/> says; <c>*</c> as the host is all addresses.</param>
    /// <param name="isTlsUnlessSaid">Whether an address without a scheme speaks HTTPS. A Unix socket does where it says so
    /// only.</param>
    /// <returns>Null where it is none of those.</returns>
    public static ListenAddress? Parse(string text, bool isTlsUnlessSaid = false)
    {
        bool isTls = isTlsUnlessSaid && !text.StartsWith(Unix, StringComparison.Ordinal);
        if (text.StartsWith(Http, StringComparison.OrdinalIgnoreCase))
        {
            (text, isTls) = (text[Http.Length..].TrimEnd('/'), false);
        }
        else if (text.StartsWith(Https, StringComparison.OrdinalIgnoreCase))
        {
            (text, isTls) = (text[Https.Length..].TrimEnd('/'), true);
        }

        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = text[Unix.Length..];
            return path.StartsWith('/') && path.Length > 1 && !path.Contains('\0', StringComparison.Ordinal)
                ? new(Host: null, Port: 0, path, isTls)
                : null;
        }

        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "*" : text[..colon];
        bool isPort = ushort.TryParse(
            text[(colon + 1)..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out ushort port
        );
        return isPort && TryHost(host, out string? named) ? new(named, port, SocketPath: null, isTls) : null;
    }

    /// <summary>As it is written in an URL or a log: <c>http://*:8080</c>, <c>https://[::1]:8443</c>,
    /// <c>unix:/run/failover.sock</c>.</summary>
    public override string ToString()
    {
        string scheme = IsTls ? Https : Http;
        string host =
            Host is null ? "*"
            : Host.Contains(':') ? $"[{Host}]"
            : Host;
        return SocketPath is null
            ? string.Create(CultureInfo.InvariantCulture, $"{scheme}{host}:{Port}")
            : $"{(IsTls ? Https : "")}{Unix}{SocketPath}";
    }

    /// <summary>Whether the two cannot be listened at side by side. Names are not looked up, except for localhost.</summary>
    public bool Overlaps(ListenAddress other)
    {
        if (SocketPath is not null || other.SocketPath is not null)
        {
            return SocketPath == other.SocketPath;
        }

        // Any free port twice is two ports.
        return Port != 0
            && Port == other.Port
            && (
                Host is null
                || other.Host is null
                || string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
                || AddressesOf(Host).Any(mine => AddressesOf(other.Host).Any(theirs => Overlap(mine, theirs)))
            );
    }

    /// <summary>Whether it is this machine's own name for itself: 127.0.0.1 and [::1].</summary>
    public bool IsLocalhost => IsLocalhostName(Host);

    private static bool IsLocalhostName(string? host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static IPAddress[] AddressesOf(string host) =>
        IsLocalhostName(host) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : IPAddress.TryParse(host, out IPAddress? address) ? [address]
        : [];

    // 0.0.0.0 is every IPv4 address, and [::] every IPv6 address alone.
    private static bool Overlap(IPAddress one, IPAddress other) =>
        one.AddressFamily == other.AddressFamily && (one.Equals(other) || IsEvery(one) || IsEvery(other));

    private static bool IsEvery(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Whether a host is this machine alone: <c>localhost</c> or an address of the loopback.</summary>
    public static bool IsLoopback(string? host) =>
        host is not null
        && (
            string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address))
        );

    /// <summary>Whether a host is an IPv4 address in the form of an IPv6 one, which no socket of one family listens at.</summary>
    public static bool IsMapped(string host) =>
        IPAddress.TryParse(host, out IPAddress? address) && address.IsIPv4MappedToIPv6;

    private static bool TryHost(string host, out string? named)
    {
        bool isBracketed = host is ['[', .., ']'];
        named = isBracketed ? host[1..^1] : host;
        if (host == "*")
        {
            named = null;
            return true;
        }

        return isBracketed
            ? IPAddress.TryParse(named, out _) && named.Contains(':') && !IsMapped(named)
            : !host.Contains(':') && Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }
}
