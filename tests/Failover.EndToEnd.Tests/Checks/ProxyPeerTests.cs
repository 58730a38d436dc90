namespace Failover;

/// <summary>HttpCheck through tinyproxy.</summary>
public sealed class ProxyPeerTests : IAsyncLifetime
{
    private ServerPeer? web;
    private ServerPeer? proxy;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServerPeer Web => web!;

    private string Authority => $"127.0.0.1:{proxy!.Port}";

    public async ValueTask InitializeAsync()
    {
        web = await ServerPeer.StartAsync(
            "nginx-light",
            """
            cat >nginx.conf <<END
            pid $1/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path $1/body;
                proxy_temp_path $1/proxy;
                fastcgi_temp_path $1/fastcgi;
                uwsgi_temp_path $1/uwsgi;
                scgi_temp_path $1/scgi;
                server {
                    listen 127.0.0.1:$2;
                    listen 127.0.0.1:$3 ssl http2;
                    ssl_certificate $1/good.pem;
                    ssl_certificate_key $1/good.key;
                    location / { return 200 "\$scheme \$http_via \$http_proxy_authorization."; }
                }
            }
            END
            exec nginx -p $1 -c $1/nginx.conf -g 'daemon off;'
            """
        );
        proxy = await ServerPeer.StartAsync(
            "tinyproxy",
            $"""
            cat >tinyproxy.conf <<END
            Port $2
            Listen 127.0.0.1
            Allow 127.0.0.1
            Timeout 30
            MaxClients 20
            BasicAuth monitor secret
            ConnectPort {web.Port}
            ConnectPort {web.OtherPort}
            END
            exec tinyproxy -d -c tinyproxy.conf
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerPeer? peer in (ServerPeer?[])[proxy, web])
        {
            if (peer is not null)
            {
                await peer.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Plain_text_and_TLS_by_either_version_reach_the_server()
    {
        Observation plain = await SeenAsync($"http://127.0.0.1:{Web.Port}/", "http 1.1 ");
        Observation tls = await SeenAsync($"https://127.0.0.1:{Web.OtherPort}/", "https  .");
        Observation http2 = await SeenAsync(
            $"https://127.0.0.1:{Web.OtherPort}/",
            "https  .",
            protocol: HttpProtocol.Http2
        );

        plain.State.ShouldBe(Ok, plain.Reason);
        tls.State.ShouldBe(Ok, tls.Reason);
        http2.State.ShouldBe(Ok, http2.Reason);
    }

    [Fact]
    public async Task A_certificate_is_judged_through_the_tunnel()
    {
        Observation seen = await ProbeAsync(
            new HttpCheck(
                $"https://127.0.0.1:{Web.OtherPort}/",
                ca: Web.Ca,
                proxy: $"http://monitor:secret@{Authority}"
            )
        );

        seen.State.ShouldBe(Fail);
        seen.Reason.ShouldBe($"certificate is for web.example, not 127.0.0.1: by proxy {Authority}");
    }

    [Fact]
    public async Task Without_its_credentials_nothing_is_known_of_the_target()
    {
        foreach (string url in Urls(Web.Port, Web.OtherPort))
        {
            Observation none = await ProbeAsync(new HttpCheck(url, proxy: $"http://{Authority}"));
            Observation wrong = await ProbeAsync(new HttpCheck(url, proxy: $"http://monitor:wrong@{Authority}"));

            none.State.ShouldBe(Error, none.Reason);
            none.Reason.ShouldBe($"proxy refused, status 407: {Authority}");
            // tinyproxy answers wrong credentials with 401, which in plain text is the answer of any server.
            wrong.State.ShouldBe(url.StartsWith("https", StringComparison.Ordinal) ? Error : Fail, wrong.Reason);
        }
    }

    [Fact]
    public async Task A_target_that_refuses_is_down_and_one_that_the_proxy_does_not_connect_to_is_unknown()
    {
        int unused = Web.Port;
        await Web.DisposeAsync();
        web = null;

        Observation plain = await SeenAsync($"http://127.0.0.1:{unused}/");
        Observation tunnel = await SeenAsync($"https://127.0.0.1:{unused}/");
        Observation denied = await SeenAsync("https://127.0.0.1:1/");

        (plain.State, plain.Reason).ShouldBe((Fail, "status 500"));
        (tunnel.State, tunnel.Reason).ShouldBe(
            (Fail, $"proxy could not connect to 127.0.0.1:{unused}, status 500: {Authority}")
        );
        (denied.State, denied.Reason).ShouldBe((Error, $"proxy refused, status 403: {Authority}"));
    }

    private static string[] Urls(int plain, int tls) => [$"http://127.0.0.1:{plain}/", $"https://127.0.0.1:{tls}/"];

    private Task<Observation> SeenAsync(
        string url,
        string? contains = null,
        HttpProtocol protocol = HttpProtocol.Http1
    ) =>
        ProbeAsync(
            new HttpCheck(
                url,
                bodyContains: contains,
                protocol: protocol,
                insecure: true,
                proxy: $"http://monitor:secret@{Authority}"
            )
        );

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
