using System.Globalization;

namespace Failover;

/// <summary><c>/probe</c> of a daemon beside that of blackbox_exporter, for the same targets.</summary>
public sealed class BlackboxComparisonTests
{
    private const string NginxScript = """
        cat > nginx.conf <<END
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events { }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            default_type text/plain;
            server {
                listen 127.0.0.1:$2;
                location / { return 200 ready; }
                location /down { return 503 down; }
                location /moved { return 302 /; }
            }
            server {
                listen 127.0.0.1:$3 ssl;
                ssl_certificate good.pem;
                ssl_certificate_key good.key;
                location / { return 200 ready; }
            }
        }
        END
        exec nginx -p . -e stderr -c nginx.conf
        """;

    private const string Blackbox = """
        modules:
          http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4, tls_config: {insecure_skip_verify: true}}}
          http_lacking: {prober: http, http: {preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: [absent]}}
          tcp_connect: {prober: tcp, tcp: {preferred_ip_protocol: ip4}}
          tls_connect: {prober: tcp, tcp: {preferred_ip_protocol: ip4, tls: true, tls_config: {insecure_skip_verify: true}}}
        """;

    private const string Modules = """
        probes:
          targets: ["localhost:*", "127.0.0.0/8:*", "[::1]:*"]
          modules:
            http_2xx: {http: {status: 200-299, follow_redirects: true, insecure: true, family: ipv4}, timeout: 5s}
            http_lacking: {http: {status: 200-299, body_matches: absent, family: ipv4}}
            tcp_connect: {tcp: {family: ipv4}}
            tls_connect: {tcp: {tls: true, insecure: true, warn_within: 1d, family: ipv4}}
        components: {}
        """;

    // What it tells besides, and Failover does not (docs/guide/metrics.md).
    private static readonly string[] NotTold =
    [
        "probe_http_last_modified_timestamp_seconds",
        "probe_ssl_last_chain_expiry_timestamp_seconds",
        "probe_ssl_last_chain_info",
        "probe_tls_version_info",
        "probe_tls_cipher_info",
    ];

    // Those that are alike whoever probes.
    private static readonly string[] Alike =
    [
        "probe_success",
        "probe_failed_due_to_regex",
        "probe_http_content_length",
        "probe_http_redirects",
        "probe_http_ssl",
        "probe_http_status_code",
        "probe_http_uncompressed_body_length",
        "probe_http_version",
        "probe_ip_addr_hash",
        "probe_ip_protocol",
        "probe_ssl_earliest_cert_expiry",
    ];

    [Fact]
    public async Task It_tells_what_blackbox_exporter_tells()
    {
        await using ServerPeer nginx = await ServerPeer.StartAsync("nginx-light", NginxScript);
        await using BlackboxExporter blackbox = await BlackboxExporter.StartAsync(Blackbox);
        using DaemonFiles files = await DaemonFiles.WithAsync(Modules);
        await using RunningDaemon daemon = await files.ServeAsync();
        using System.Net.Sockets.Socket refusing = ServerPeer.Reserve();
        string web = $"localhost:{nginx.Port}";
        string refused = $"127.0.0.1:{ServerPeer.PortOf(refusing)}";

        foreach (
            (string module, string target) in new[]
            {
                ("http_2xx", web),
                ("http_2xx", $"http://{web}/moved"),
                ("http_2xx", $"http://{web}/down"),
                ("http_2xx", $"https://localhost:{nginx.OtherPort}/"),
                ("http_2xx", $"http://{refused}/"),
                ("http_lacking", $"http://{web}/"),
                ("tcp_connect", web),
                ("tcp_connect", refused),
                ("tls_connect", $"localhost:{nginx.OtherPort}"),
                ("tls_connect", web),
            }
        )
        {
            string query = $"/probe?module={module}&target={Uri.EscapeDataString(target)}";
            Dictionary<string, double> theirs = await ScrapeAsync(blackbox.Port, query);
            Dictionary<string, double> ours = await ScrapeAsync(daemon.ManagementPort, query);

            Names(theirs).Except(NotTold).Except(Names(ours)).Where(name => IsTold(name, module)).ShouldBeEmpty(query);
            foreach (string name in Alike.Where(name => theirs.ContainsKey(name) && ours.ContainsKey(name)))
            {
                ours[name].ShouldBe(theirs[name], $"{name} of {query}");
            }
        }
    }

    // Of tcp, whether a text was wrong is not told; a certificate that was not shown is none.
    private static bool IsTold(string name, string module) =>
        name is not ("probe_failed_due_to_regex" or "probe_ssl_earliest_cert_expiry")
        || (module.StartsWith("http", StringComparison.Ordinal) && name == "probe_failed_due_to_regex");

    private static IEnumerable<string> Names(Dictionary<string, double> scraped) =>
        scraped
            .Keys.Select(series => series.Split('{')[0])
            .Where(name => name.StartsWith("probe_", StringComparison.Ordinal))
            .Distinct();

    private static async Task<Dictionary<string, double>> ScrapeAsync(int port, string query)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        string text = await client.GetStringAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{query}")),
            TestContext.Current.CancellationToken
        );
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            );
    }
}
