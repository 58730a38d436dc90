using System.Globalization;

namespace Failover;

/// <summary>TlsCheck against openssl's own server, in a process and by the command.</summary>
public sealed class TlsPeerTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-peer-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Ca => Path.Combine(folder.FullName, "ca.pem");

    public async ValueTask InitializeAsync() => await OpensslCertificates.MakeAsync(folder.FullName);

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return default;
    }

    [Fact]
    public async Task A_certificate_is_ok_soon_to_expire_or_bad()
    {
        Observation good = await SeenAsync("good");
        Observation soon = await SeenAsync("soon");
        Observation expired = await SeenAsync("expired");
        Observation wrong = await SeenAsync("wrong");
        Observation self = await SeenAsync("self");

        (good.State, good.HasWarning).ShouldBe((Ok, false), good.Reason);
        good.Reason.ShouldEndWith("in 99 days");
        (soon.State, soon.HasWarning).ShouldBe((Ok, true), soon.Reason);
        soon.Reason.ShouldMatch(@"^certificate expires on \d{4}-\d\d-\d\d, in 4 days$");
        expired.Reason.ShouldStartWith("certificate expired on 2020-02-01: ");
        wrong.Reason.ShouldStartWith("certificate is for other.example, not web.example: ");
        self.Reason.ShouldStartWith("certificate is not trusted: it is self-signed: ");
        new[] { expired, wrong, self }.ShouldAllBe(seen => seen.State == Fail);
    }

    [Fact]
    public async Task A_warning_is_one_to_Nagios()
    {
        await using ChildProcess server = Serve("soon");
        int port = await PortAsync(server);
        string file = Path.Combine(folder.FullName, "failover.yaml");
        await File.WriteAllTextAsync(
            file,
            $"components: {{web: {{tls: {{host: 127.0.0.1, port: {port}, server_name: web.example, ca: ./ca.pem}}}}}}",
            Cancel
        );

        await using ChildProcess probe = ChildProcess.StartDotnet(DaemonFiles.Program, "probe", file, "web");

        (await probe.ExitCodeAsync(Minute(1))).ShouldBe(1, probe.ToString());
        (await probe.LineAsync("WARNING")).ShouldMatch(
            @"^WARNING - tls 127\.0\.0\.1:\d+: certificate expires on \S+, in 4 days \| time=\S+ name=\S+ connect=\S+ tls=\S+ total=\S+ days=4$"
        );
    }

    /// <summary>A resumed session proves nothing: no certificate is shown in it.</summary>
    [Fact]
    public async Task Each_probe_makes_a_whole_handshake()
    {
        await using ChildProcess server = Serve("good");
        int port = await PortAsync(server);
        HttpCheck check = new("https://web.example/", connectTo: $"127.0.0.1:{port}", ca: Ca, bodyContains: "New, TLS");

        for (int probe = 0; probe < 3; probe++)
        {
            Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);
            seen.State.ShouldBe(Ok, seen.Reason);
        }
    }

    private async Task<Observation> SeenAsync(string certificate)
    {
        await using ChildProcess server = Serve(certificate);
        TlsCheck check = new("127.0.0.1", await PortAsync(server), serverName: "web.example", ca: Ca);
        return await check.ProbeAsync(TimeProvider.System, Cancel);
    }

    private ChildProcess Serve(string certificate) =>
        ChildProcess.Start(
            "openssl",
            "openssl",
            "s_server",
            // Without it, the end of its input ends each connection.
            "-www",
            "-accept",
            "127.0.0.1:0",
            "-cert",
            Path.Combine(folder.FullName, $"{certificate}.pem"),
            "-key",
            Path.Combine(folder.FullName, $"{certificate}.key")
        );

    // "ACCEPT 127.0.0.1:43211"
    private static async Task<int> PortAsync(ChildProcess server) =>
        int.Parse((await server.LineAsync("ACCEPT ")).Split(':')[^1], CultureInfo.InvariantCulture);
}
