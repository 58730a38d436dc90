namespace Failover;

/// <summary>nginx, from Debian's package nginx-light.</summary>
internal static class Nginx
{
    /// <summary>Starts it.</summary>
    /// <param name="folder">Its own, which goes with it.</param>
    /// <param name="http">What its configuration says of HTTP.</param>
    /// <param name="socket">A socket that it listens on.</param>
    public static async Task<Proxy> StartAsync(DirectoryInfo folder, string http, string socket)
    {
        string configuration = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                {{http}}
            }
            """,
            TestContext.Current.CancellationToken
        );
        return await Proxy.WhenListeningAsync(
            ChildProcess.Start("nginx", "nginx-light", "-p", folder.FullName, "-e", "stderr", "-c", configuration),
            folder,
            socket
        );
    }

    /// <summary>Starts it before a server, as a reverse proxy that keeps its connections.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="location">Lines of the location besides what passes it on.</param>
    /// <param name="listen">Options of how it listens.</param>
    /// <param name="server">Further lines of the server.</param>
    public static Task<Proxy> StartAsync(int port, string location, string listen = "", string server = "")
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-nginx-");
        string socket = Path.Combine(folder.FullName, "front.sock");
        return StartAsync(
            folder,
            $$"""
            client_header_timeout 1s;
            client_body_timeout 1s;
            keepalive_timeout 1s;
            upstream back {
                server 127.0.0.1:{{port}};
                keepalive 8;
            }
            server {
                listen unix:{{socket}} {{listen}};
                {{server}}
                location / {
                    proxy_pass http://back;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $http_host;
                    {{location}}
                }
            }
            """,
            socket
        );
    }
}
