namespace Failover;

/// <summary>nginx with plain HTTP, HTTP/2 and several certificates, each on a socket of its own.</summary>
public sealed class NginxPeer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-peer-");
    private Proxy? proxy;

    /// <summary>What <see cref="OpensslCertificates"/> has made.</summary>
    public string File(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Where to connect to.</summary>
    public string Socket(string name) => $"unix:{File($"{name}.sock")}";

    public async ValueTask InitializeAsync()
    {
        await OpensslCertificates.MakeAsync(folder.FullName);
        await System.IO.File.WriteAllTextAsync(
            File("users"),
            await Htpasswd.LineAsync("monitor", "secret", "-m"),
            TestContext.Current.CancellationToken
        );
        // nginx, started by root, reads it as another user.
        System.IO.File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        System.IO.File.SetUnixFileMode(File("users"), (UnixFileMode)0b110_100_100);
        string certificate = $"ssl_certificate {File("good.pem")}; ssl_certificate_key {File("good.key")};";
        proxy = await Nginx.StartAsync(
            folder,
            $$"""
            keepalive_timeout 5s;
            {{Server("plain", "")}}
            {{Server("h2c", "http2")}}
            {{Tls("good")}}
            {{Server("old", "ssl", certificate)}}
            {{Tls("expired")}}
            {{Tls("wrong")}}
            {{Tls("self")}}
            {{Server(
                "client",
                "ssl http2",
                $"{certificate} ssl_verify_client on; ssl_client_certificate {File("ca.pem")};"
            )}}
            """,
            File("client.sock")
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }
    }

    private string Tls(string certificate) =>
        Server(
            certificate,
            "ssl http2",
            $"ssl_certificate {File($"{certificate}.pem")}; ssl_certificate_key {File($"{certificate}.key")};"
        );

    private string Server(string name, string listen, string more = "") =>
        $$"""
            server {
                listen unix:{{File($"{name}.sock")}} {{listen}};
                {{more}}
                default_type application/json;
                location /healthz { return 200 '{"status": "UP", "host": "$host", "protocol": "$server_protocol"}'; }
                location /down { return 503 'down'; }
                location /moved { return 302 /healthz; }
                location /loop { return 302 /loop; }
                location /private { auth_basic private; auth_basic_user_file {{File("users")}}; try_files /none =204; }
            }
            """;
}
