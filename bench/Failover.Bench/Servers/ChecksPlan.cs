using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What a check does, in every program alike, over a connection of its own.</summary>
internal enum CheckKind
{
    /// <summary>Connects, and resets.</summary>
    Tcp,

    /// <summary>GET /health.</summary>
    Http,

    /// <summary>A handshake with a certificate that is verified.</summary>
    Tls,
}

/// <summary>So many checks of the loopback's listeners, as the files of Failover and HAProxy say it.</summary>
/// <param name="Count">How many.</param>
/// <param name="Ports">The ports that they probe in turn.</param>
internal sealed record ChecksPlan(int Count, IReadOnlyList<int> Ports)
{
    public CheckKind Kind { get; init; }

    /// <summary>How often each runs.</summary>
    public int IntervalSeconds { get; init; } = 10;

    /// <summary>Whether Failover's run when they are asked for, and not by themselves.</summary>
    public bool IsOnDemand { get; init; }

    /// <summary>Further lines of Failover's file, below its components.</summary>
    public string MoreComponents { get; init; } = "";

    /// <summary>The certificate of TLS targets, which is its own root.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The last one, which a reload changes.</summary>
    public string Changed => $"c{Count - 1}";

    /// <summary>Some that no reload changes, all over the file.</summary>
    public IReadOnlyList<string> Polled =>
        [
            .. Enumerable
                .Range(0, Math.Clamp(Count - 1, 1, 64))
                .Select(i => $"/c{(long)i * (Count - 1) / Math.Clamp(Count - 1, 1, 64)}"),
        ];

    /// <summary>What a component of Failover's probes.</summary>
    /// <param name="component">Which.</param>
    /// <param name="version">How often the last one has been changed.</param>
    public int PortOf(int component, int version) =>
        Ports[(component + (component == Count - 1 ? version : 0)) % Ports.Count];

    /// <summary>What Failover runs from.</summary>
    public string Yaml(int port, int management, string state, int version)
    {
        StringBuilder file = new(
            $"""
            listen: 127.0.0.1:{port}
            management: 127.0.0.1:{management}
            state: {state}
            components:

            """
        );
        if (Count == 0)
        {
            file.Append("  {}\n");
        }

        string background = IsOnDemand ? "" : $", interval: {IntervalSeconds}s";
        for (int i = 0; i < Count; i++)
        {
            file.Append(
                CultureInfo.InvariantCulture,
                $"  c{i}: {{{Task(PortOf(i, version))}, timeout: 5s{background}}}\n"
            );
        }

        return file.Append(MoreComponents).ToString();
    }

    /// <summary>The backend that HAProxy runs.</summary>
    public string Servers(int version)
    {
        StringBuilder servers = new($"backend {HaproxyServer.Backend}\n");
        servers.Append(Kind == CheckKind.Http ? "  mode http\n  option httpchk GET /health\n" : "  mode tcp\n");
        string tls =
            Kind == CheckKind.Tls ? $" check-ssl verify required ca-file {CertificateFile} check-sni localhost" : "";
        for (int i = 0; i < Count; i++)
        {
            servers.Append(
                CultureInfo.InvariantCulture,
                $"  server c{i} 127.0.0.1:{PortOf(i, version)} check{tls} inter {IntervalSeconds}s\n"
            );
        }

        return servers.ToString();
    }

    private string Task(int port) =>
        Kind switch
        {
            CheckKind.Tcp => $"tcp: 127.0.0.1:{port}",
            CheckKind.Http => $"http: http://127.0.0.1:{port}/health",
            CheckKind.Tls => $"tls: {{host: 127.0.0.1, port: {port}, server_name: localhost, ca: {CertificateFile}}}",
            _ => throw new InvalidOperationException($"{Kind}"),
        };
}
