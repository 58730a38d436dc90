namespace Failover;

public sealed class TlsCheckTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();
    private readonly string ca;

    public TlsCheckTests() => ca = folder.Write("ca.pem", authority.RootPem);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    // The root is valid for 10 days from now, the issuer for 9, the certificate for as long as a case says.
    [Theory]
    [InlineData(8, null, 1.0, Ok, false)]
    [InlineData(8, null, 30.0, Ok, true)]
    [InlineData(3, 2.0, 4.0, Ok, true)]
    [InlineData(3, 4.0, 1.0, Fail, false)]
    public async Task The_days_that_are_left_are_judged(
        int valid,
        double? expiresWithin,
        double warnWithin,
        HealthState state,
        bool hasWarning
    )
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddDays(valid).AddHours(1);
        await using FaultServer server = Serving(authority.Issue("a", end));
        TlsCheck check = new(
            "127.0.0.1",
            server.Port,
            ca: ca,
            expiresWithin: expiresWithin is { } days ? Day(days) : null,
            warnWithin: Day(warnWithin)
        );

        Observation seen = await ProbeAsync(check);

        (seen.State, seen.HasWarning).ShouldBe((state, hasWarning), seen.Reason);
        seen.Reason.ShouldBe($"certificate expires on {end.UtcDateTime:yyyy-MM-dd}, in {valid} days");
        seen.PerformanceData.ShouldMatch($@"^name=\S+ connect=\S+ tls=\S+ total=\S+ days={valid}$");
        seen.CertificateEnds!.Value.ShouldBe(end, Second(1));
    }

    [Fact]
    public async Task Of_the_whole_chain_the_first_end_counts()
    {
        // The certificate of the issuer ends in 9 days.
        await using FaultServer server = Serving(authority.Issue("a", TimeProvider.System.GetUtcNow().AddDays(8.9)));

        (await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, ca: ca, expiresWithin: Day(8)))).State.ShouldBe(Ok);
        (await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, ca: ca, expiresWithin: Day(8.95)))).State.ShouldBe(
            Fail
        );
    }

    [Fact]
    public async Task An_expired_certificate_says_when_it_did()
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddDays(-2);
        await using FaultServer server = Serving(authority.Issue("a", end));

        Observation seen = await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, ca: ca));

        (seen.State, seen.Reason, seen.HasWarning).ShouldBe(
            (Fail, $"certificate expired on {end.UtcDateTime:yyyy-MM-dd}: {server.Authority}", false)
        );
    }

    [Fact]
    public async Task The_time_is_that_of_the_given_clock()
    {
        await using FaultServer server = Serving(authority.Issue("a"));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        TlsCheck check = new("127.0.0.1", server.Port, ca: ca, warnWithin: Day(1));
        ManualTime time = new() { WallClock = now };

        (await check.ProbeAsync(time, Cancel)).State.ShouldBe(Ok);
        time.WallClock = now.AddDays(8.5);
        (await check.ProbeAsync(time, Cancel)).Reason.ShouldStartWith("certificate expired on ");
        time.WallClock = now.AddDays(-8.5);
        (await check.ProbeAsync(time, Cancel)).Reason.ShouldStartWith("certificate is not valid before ");
    }

    [Theory]
    [InlineData("a.example", "a.example", null)]
    [InlineData("*.test.example", "a.test.example", null)]
    [InlineData("a.example", "a.example.", null)]
    [InlineData("a.example", "b.example", "certificate is for a.example, not b.example")]
    [InlineData("a.example", null, "certificate is for a.example, not 127.0.0.1")]
    public async Task The_name_is_compared(string issued, string? asked, string? reason)
    {
        await using FaultServer server = Serving(authority.Issue("a", host: issued));

        Observation seen = await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, asked, ca));

        (seen.State, reason is null ? null : seen.Reason).ShouldBe(
            (reason is null ? Ok : Fail, reason is null ? null : $"{reason}: {server.Authority}")
        );
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_certificate_is_said()
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddDays(-2);
        await using FaultServer server = Serving(authority.Issue("a", end, "a.example"));

        Observation seen = await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, "b.example"));

        seen.Reason.ShouldBe(
            $"certificate expired on {end.UtcDateTime:yyyy-MM-dd}; certificate is for a.example, not b.example; "
                + $"certificate is not trusted: its issuer Test root is unknown: {server.Authority}"
        );
    }

    [Fact]
    public async Task A_self_signed_certificate_says_so()
    {
        using System.Security.Cryptography.RSA key = System.Security.Cryptography.RSA.Create(2048);
        await using FaultServer server = Serving((TestAuthority.SelfSigned(key), key.ExportPkcs8PrivateKeyPem()));

        Observation seen = await ProbeAsync(new TlsCheck("127.0.0.1", server.Port, "rsa"));

        seen.Reason.ShouldBe($"certificate is not trusted: it is self-signed: {server.Authority}");
    }

    [Fact]
    public async Task A_handshake_that_stalls_is_a_timeout_in_it()
    {
        await using FaultServer server = new((_, _) => Task.CompletedTask);

        Observation seen = await PhaseClock.ProbeAsync(new TlsCheck("127.0.0.1", server.Port), PhaseClock.Handshake);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 10s in TLS handshake: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_target_that_refuses_fails_as_with_tcp()
    {
        using System.Net.Sockets.Socket refusing = Peer.Refusing();
        int port = ((System.Net.IPEndPoint)refusing.LocalEndPoint!).Port;

        (await ProbeAsync(new TlsCheck("127.0.0.1", port))).Reason.ShouldBe($"refused: 127.0.0.1:{port}");
    }

    private static FaultServer Serving((string Certificate, string Key) identity) =>
        new(FaultServer.OverTls(identity, (_, _) => Task.CompletedTask));

    private static async Task<Observation> ProbeAsync(TlsCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
