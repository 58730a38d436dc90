namespace Failover;

/// <summary>A host and a port in one text.</summary>
internal static class HostAndPort
{
    public const string Accepted = "HOST:PORT or [IPV6]:PORT";

    /// <summary>The two, without brackets; null where the text could be read in two ways, or in none.</summary>
    public static (string Host, string Port)? Split(string text)
    {
        (string host, string port) = text.LastIndexOf(':') is >= 0 and var colon
            ? (text[..colon], text[(colon + 1)..])
            : (text, "");
        bool isBracketed = host is ['[', .., ']'] && host.Contains(':');
        return port.Length > 0 && host.Length > 0 && (isBracketed || host.AsSpan().IndexOfAny(':', '[') < 0)
            ? (isBracketed ? host[1..^1] : host, port)
            : null;
    }

    /// <summary>The short form of a check whose target these are.</summary>
    public static ShortForm ShortForm(HostOption hosts, PortOption ports) =>
        new(Accepted, text => Split(text) is var (host, port) ? [(hosts, host), (ports, port)] : null);

    /// <summary>The two in one text, an IPv6 address in brackets.</summary>
    public static string Join(string host, Port port) => host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
}
