using System.Globalization;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Text;

namespace Failover;

/// <summary>A daemon behind a reverse proxy, which tells it whose POSTs it passes on, and how they were asked.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ForwardingTests : IAsyncLifetime
{
    private const string Trusting = "trusted_proxies: 127.0.0.1\n";
    private const string One = "203.0.113.7";
    private const string Other = "203.0.113.8";

    // So many failed log-ins a name has at once.
    private const int AtOnce = 10;

    private readonly Target target = Target.Started();
    private readonly TestAuthority authority = new();
    private readonly CertificateFiles certificate = new();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        certificate.Write(authority.Issue("localhost"));
        folder = await ServedFolder.WithAsync(With(Trusting));
        await Served.ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        certificate.Dispose();
        authority.Dispose();
        target.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_clients_behind_one_proxy_are_two_sources(bool isHaproxy)
    {
        await using Proxy proxy = await StartAsync(isHaproxy);
        await GuessAsync(proxy, One);

        (await PostAsync(proxy, One)).ShouldBe(429);
        (await PostAsync(proxy, One, headers: $"X-Forwarded-For: {Other}\r\n")).ShouldBe(
            429,
            "what a client says itself"
        );
        (await PostAsync(proxy, Other)).ShouldBe(409);
        await Served.Daemon.Process.LineAsync($"POST by alice from {One}: unknown user or wrong password");
        await Served.Daemon.Process.LineAsync($"POST by alice from {Other}: Nothing to reset");

        // A reload takes the trust away: all are the proxy.
        await Served.ReloadAsync(With(""));
        await GuessAsync(proxy, One);
        (await PostAsync(proxy, Other)).ShouldBe(429);
        await Served.Daemon.Process.LineAsync("POST by alice from 127.0.0.1: unknown user or wrong password");

        await Served.ReloadAsync(With(Trusting));
        (await PostAsync(proxy, Other)).ShouldBe(409);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_ours_passes_a_proxy_that_ends_TLS(bool isHaproxy)
    {
        await using Proxy proxy = await StartAsync(isHaproxy, isTls: true);

        (await PostFromPageAsync("https://up.example")).ShouldBe(409);
        (await PostFromPageAsync("http://up.example")).ShouldBe(403);
        (await PostFromPageAsync("https://up.example:8443")).ShouldBe(403);
        (await PostFromPageAsync("https://evil.example")).ShouldBe(403);
        (await PostFromPageAsync("https://evil.example", "X-Forwarded-Host: evil.example\r\n")).ShouldBe(403);

        await Served.ReloadAsync(With(""));
        (await PostFromPageAsync("https://up.example")).ShouldBe(403);

        Task<int> PostFromPageAsync(string origin, string headers = "") =>
            PostAsync(proxy, One, headers: $"Origin: {origin}\r\n{headers}", tls: authority.Client());
    }

    [Fact]
    public async Task What_somebody_else_says_means_nothing()
    {
        await Served.ReloadAsync(With("trusted_proxies: [192.0.2.1, 198.51.100.0/24, unix]\n"));
        for (int i = 0; i < 11; i++)
        {
            await AskAsync($"X-Forwarded-For: 203.0.113.{i}\r\n", "guess");
        }

        (await AskAsync($"X-Forwarded-For: {One}\r\n", DaemonFiles.Password)).ShouldBe(429);
        (await AskAsync("X-Forwarded-Proto: https\r\nOrigin: https://up.example\r\n", DaemonFiles.Password)).ShouldBe(
            403
        );
        Served.Log.ShouldNotContain("203.0.113.");

        async Task<int> AskAsync(string headers, string password) =>
            (await RawConnection.AskAsync(Served.Port, Request(password, headers))).Status;
    }

    private Task<Proxy> StartAsync(bool isHaproxy, bool isTls = false)
    {
        string pem = Served["proxy.pem"];
        File.WriteAllText(pem, File.ReadAllText(certificate.Path) + File.ReadAllText(certificate.KeyPath));
        string scheme = isTls ? "https" : "http";
        return isHaproxy
            ? Haproxy.StartAsync(
                frontend: string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    option forwardfor
                        http-request set-header X-Forwarded-Proto {scheme}
                        http-request set-header X-Forwarded-Host %[req.hdr(Host)]
                    """
                ),
                backend: string.Create(CultureInfo.InvariantCulture, $"server failover 127.0.0.1:{Served.Port}"),
                bind: isTls ? $"accept-proxy ssl crt {pem}" : "accept-proxy"
            )
            : Nginx.StartAsync(
                Served.Port,
                location: """
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            proxy_set_header X-Forwarded-Proto $scheme;
                            proxy_set_header X-Forwarded-Host $http_host;
                """,
                listen: isTls ? "proxy_protocol ssl" : "proxy_protocol",
                server: $"""
                set_real_ip_from unix:;
                        real_ip_header proxy_protocol;
                        {(isTls ? $"ssl_certificate {pem}; ssl_certificate_key {pem};" : "")}
                """
            );
    }

    private static async Task GuessAsync(Proxy proxy, string from)
    {
        for (int i = 0; i < AtOnce; i++)
        {
            (await PostAsync(proxy, from, "guess")).ShouldBe(401);
        }
    }

    private static async Task<int> PostAsync(
        Proxy proxy,
        string from,
        string password = DaemonFiles.Password,
        string headers = "",
        SslClientAuthenticationOptions? tls = null
    )
    {
        string answer = await proxy.SendFromAsync(from, tls, Request(password, headers));
        answer.ShouldStartWith("HTTP/1.1 ");
        return int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string Request(string password, string headers)
    {
        string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DaemonFiles.User}:{password}"));
        return $"POST /mail HTTP/1.1\r\nHost: up.example\r\nConnection: close\r\nAuthorization: Basic {credentials}\r\n"
            + $"{headers}Content-Length: 0\r\n\r\n";
    }

    private string With(string proxies) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {{{ServedFolder.Top}}}
            {{{proxies}}}
            components:
              mail:
                toggle:
                  to_fail: {tcp: 127.0.0.1:{{{target.Port}}}}
                  to_ok: {oneshot: {auth: PASSWORDS}}
                on_post: to_ok.fire

            """
        );
}
