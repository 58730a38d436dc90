namespace Failover;

/// <summary>HAProxy with one thread, as small as its configuration can be.</summary>
internal sealed class HaproxyServer : Subject
{
    private HaproxyServer(string file, int port)
        : base("HAProxy", Peers.Haproxy, "-db", "-q", "-f", file) => Port = port;

    /// <summary>Starts it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="sections">What it has beside the page that answers from memory.</param>
    public static async Task<Subject> StartAsync(Bench bench, string sections = "")
    {
        int port = FreePort();
        string file = Path.Combine(bench.Directory, $"haproxy-{port}.cfg");
        await File.WriteAllTextAsync(
            file,
            $"""
            global
              nbthread 1
              maxconn 1000
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend health
              bind 127.0.0.1:{port}
              monitor-uri /health
            {sections}

            """,
            bench.Stop
        );
        return await new HaproxyServer(file, port).WhenListeningAsync(bench.Stop);
    }
}

/// <summary>nginx with one worker process, as small as its configuration can be.</summary>
internal sealed class NginxServer : Subject
{
    private NginxServer(string folder, string file, int port)
        : base("nginx", Peers.Nginx, "-p", folder, "-e", "stderr", "-c", file) => Port = port;

    public static async Task<Subject> StartAsync(Bench bench)
    {
        int port = FreePort();
        string file = Path.Combine(bench.Directory, $"nginx-{port}.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{bench.Directory}}/nginx-{{port}}.pid;
            error_log stderr crit;
            events { worker_connections 1024; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_body_temp_path {{bench.Directory}}/nginx-body;
              proxy_temp_path {{bench.Directory}}/nginx-proxy;
              fastcgi_temp_path {{bench.Directory}}/nginx-fastcgi;
              uwsgi_temp_path {{bench.Directory}}/nginx-uwsgi;
              scgi_temp_path {{bench.Directory}}/nginx-scgi;
              server {
                listen 127.0.0.1:{{port}};
                default_type text/plain;
                location = /health { return 200 "OK"; }
              }
            }

            """,
            bench.Stop
        );
        return await new NginxServer(bench.Directory, file, port).WhenListeningAsync(bench.Stop);
    }
}

/// <summary>blackbox_exporter with two modules: a TCP connection, and a GET.</summary>
internal sealed class BlackboxExporter : Subject
{
    private BlackboxExporter(string file, int port)
        : base(
            "blackbox_exporter",
            Peers.BlackboxExporter,
            $"--config.file={file}",
            $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error"
        ) => Port = port;

    public static async Task<Subject> StartAsync(Bench bench)
    {
        int port = FreePort();
        string file = Path.Combine(bench.Directory, $"blackbox-{port}.yml");
        await File.WriteAllTextAsync(
            file,
            """
            modules:
              tcp_connect:
                prober: tcp
                timeout: 5s
              http_2xx:
                prober: http
                timeout: 5s

            """,
            bench.Stop
        );
        return await new BlackboxExporter(file, port).WhenListeningAsync(bench.Stop);
    }
}
