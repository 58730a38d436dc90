namespace Failover;

/// <summary>Where to connect to, apart from what a URL says: <c>HOST</c>, <c>HOST:PORT</c>, <c>[IPV6]:PORT</c> or <c>unix:PATH</c>.</summary>
/// <param name="Host">A name or an address; null for a socket.</param>
/// <param name="Port">The port; null: that of the URL.</param>
/// <param name="SocketPath">The path of a Unix socket; null for a host.</param>
internal sealed record ConnectTarget(string? Host, Port? Port, string? SocketPath)
{
    public const string Accepted = "HOST, HOST:PORT, [IPV6]:PORT or unix:PATH";

    private const string Unix = "unix:";

    /// <summary>Reads one; null where the text is none.</summary>
    public static ConnectTarget? Parse(string text)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = text[Unix.Length..];
            return path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal)
                ? new(null, null, path)
                : null;
        }

        HostOption hosts = new("host", "");
        if (hosts.Parse(text.Trim('[', ']')).IsValue && (!text.StartsWith('[') || text.EndsWith(']')))
        {
            return new(text.Trim('[', ']'), null, null);
        }

        return
            HostAndPort.Split(text) is var (host, port)
            && hosts.Parse(host).IsValue
            && new PortOption("port", "").Parse(port).Value is Port number
            ? new(host, number, null)
            : null;
    }
}
