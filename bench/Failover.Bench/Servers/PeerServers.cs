namespace Failover;

/// <summary>nginx, as small as its configuration can be: it answers from memory, and is a target of checks.</summary>
internal sealed class NginxServer : Subject
{
    private NginxServer(string folder, string file, int port, int? cores)
        : base("nginx", cores, Peers.Nginx.Path, "-p", folder, "-e", "stderr", "-c", file) => Port = port;

    /// <summary>Starts one that is measured.</summary>
    /// <returns>It, or null where nginx is missing.</returns>
    public static Task<NginxServer?> StartAsync(Bench bench, int workers) =>
        StartAsync(bench, workers, workers, "", "");

    /// <summary>Starts one that is checked, on the core of the load.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="certificate">Speaks TLS with the certificate and key of this PEM file; null for none.</param>
    public static Task<NginxServer?> StartTargetAsync(Bench bench, string? certificate) =>
        StartAsync(
            bench,
            workers: 1,
            cores: null,
            certificate is null ? "" : " ssl",
            certificate is null ? "" : $"ssl_certificate {certificate}; ssl_certificate_key {certificate};"
        );

    private static async Task<NginxServer?> StartAsync(
        Bench bench,
        int workers,
        int? cores,
        string listen,
        string directives
    )
    {
        if (!Peers.Nginx.IsThere)
        {
            return null;
        }

        int port = FreePort();
        string folder = bench.MakeFolder();
        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off;
            worker_processes {{workers}};
            pid {{folder}}/nginx.pid;
            error_log stderr crit;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}}{{listen}} backlog=4096;
                {{directives}}
                default_type text/plain;
                location = /health { return 200 "OK"; }
              }
            }

            """,
            bench.Stop
        );
        NginxServer server = new(folder, file, port, cores);
        await server.WhenListeningAsync(bench.Stop);
        return server;
    }
}

/// <summary>blackbox_exporter with a module for each kind of check.</summary>
internal sealed class BlackboxExporter : Subject
{
    private BlackboxExporter(string file, int port)
        : base(
            "blackbox_exporter",
            cores: 1,
            Peers.BlackboxExporter.Path,
            $"--config.file={file}",
            $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error"
        ) => Port = port;

    /// <summary>Starts it.</summary>
    /// <returns>It, or null where it is missing.</returns>
    public static async Task<BlackboxExporter?> StartAsync(Bench bench, ChecksPlan plan)
    {
        if (!Peers.BlackboxExporter.IsThere)
        {
            return null;
        }

        int port = FreePort();
        string file = Path.Combine(bench.MakeFolder(), "blackbox.yml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            modules:
              {{CheckKind.Tcp}}: {prober: tcp, timeout: 5s}
              {{CheckKind.Http}}: {prober: http, timeout: 5s}
              {{CheckKind.Tls}}:
                prober: tcp
                timeout: 5s
                tcp:
                  tls: true
                  tls_config: {ca_file: "{{plan.CertificateFile}}", server_name: localhost}

            """,
            bench.Stop
        );
        BlackboxExporter server = new(file, port);
        await server.WhenListeningAsync(bench.Stop);
        return server;
    }

    /// <summary>What has it make the checks of each port.</summary>
    public static string[] PathsOf(ChecksPlan plan) =>
        [
            .. plan.Ports.Select(port =>
                $"/probe?module={plan.Kind}&target={(plan.Kind == CheckKind.Http ? "http://" : "")}127.0.0.1:{port}"
                + (plan.Kind == CheckKind.Http ? "/health" : "")
            ),
        ];
}
