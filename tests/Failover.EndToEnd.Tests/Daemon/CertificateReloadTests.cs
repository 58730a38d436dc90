using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A certificate that changes while clients are connected.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CertificateReloadTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private readonly TestAuthority authority = new();
    private readonly CertificateFiles files = new();
    private ServedFolder? folder;

    private ServedFolder Served => folder ?? throw new InvalidOperationException("not made");

    public async ValueTask InitializeAsync()
    {
        files.Write(authority.Issue("first"));
        folder = await ServedFolder.WithAsync(With(files));
        await Served.ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        files.Dispose();
        authority.Dispose();
        target.Dispose();
    }

    [Fact]
    public async Task Files_that_change_are_shown_to_those_who_connect_from_then_on()
    {
        int port = await PortAsync("failover listens on https://127.0.0.1:");
        using RawConnection open = await ConnectAsync(port);
        open.Tls!.RemoteCertificate!.Subject.ShouldBe("CN=first");
        await IsServedAsync(open);

        files.Write(authority.Issue("second"));

        await Eventually.GetAsync(() => SubjectAsync(port), subject => subject == "CN=second", "the second");
        await IsServedAsync(open);
    }

    [Fact]
    public async Task Other_files_are_shown_by_a_reload_and_bad_ones_have_it_refused()
    {
        int port = await PortAsync("failover listens on https://127.0.0.1:");
        int management = await PortAsync("management at https://127.0.0.1:");
        using RawConnection open = await ConnectAsync(port);
        using CertificateFiles others = new();
        others.Write(authority.Issue("other"));

        await Served.ReloadAsync(With(others));

        (await SubjectAsync(port)).ShouldBe("CN=other");
        (await SubjectAsync(management)).ShouldBe("CN=other");
        await IsServedAsync(open);

        (string certificate, _) = authority.Issue("third");
        (_, string key) = authority.Issue("fourth");
        using CertificateFiles bad = new();
        bad.Write((certificate, key));
        Served.Write(ServedFolder.Main, With(bad));
        await Served.ReloadInVainAsync();

        (await SubjectAsync(port)).ShouldBe("CN=other");
        await Served.HasLoggedAsync("got a key that is not that of the certificate");
        await IsServedAsync(open);
    }

    [Fact]
    public async Task HTTPS_comes_and_goes_beside_HTTP()
    {
        int port = await PortAsync("failover listens on https://127.0.0.1:");
        using RawConnection plain = await RawConnection.OpenAsync(Served.Port);
        await IsServedAsync(plain);

        await Served.ReloadAsync(With(certificates: null));
        await Served.Daemon.Process.LineAsync($"no longer listens on https://127.0.0.1:{port}");
        await IsServedAsync(plain);

        await Served.ReloadAsync(With(files).Replace("\", 127.0.0.1:0", "\", localhost:0", StringComparison.Ordinal));
        (await SubjectAsync(await PortAsync("failover listens on https://localhost:"))).ShouldBe("CN=first");
        await IsServedAsync(plain);
    }

    private Task<RawConnection> ConnectAsync(int port) => RawConnection.OpenTlsAsync(port, authority.Client());

    private async Task<string> SubjectAsync(int port)
    {
        using RawConnection connection = await ConnectAsync(port);
        return connection.Tls!.RemoteCertificate!.Subject;
    }

    private static async Task IsServedAsync(RawConnection connection)
    {
        await connection.SendAsync("GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await connection.ReadAnswerAsync()).Body.ShouldBe("OK");
    }

    private async Task<int> PortAsync(string text)
    {
        string line = await Served.Daemon.Process.LineAsync(text);
        return int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    private string With(CertificateFiles? certificates)
    {
        string tls = certificates is null
            ? ""
            : $"tls: {{certificate: {certificates.Path}, key: {certificates.KeyPath}}}";
        string secured = certificates is null ? "" : ", 127.0.0.1:0";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {{tls}}
            listen: ["http://127.0.0.1:0"{{secured}}]
            management: {{(certificates is null ? "" : "https://")}}127.0.0.1:0
            state: memory
            components:
              mail: {tcp: 127.0.0.1:{{target.Port}}}

            """
        );
    }
}
