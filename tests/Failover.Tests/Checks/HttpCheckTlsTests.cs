using System.Net.Security;

namespace Failover;

public sealed class HttpCheckTlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();
    private readonly string ca;

    public HttpCheckTlsTests() => ca = folder.Write("ca.pem", authority.RootPem);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_the_given_authority_is_trusted()
    {
        await using FaultServer server = Serving(authority.Issue("a"));

        Observation seen = await ProbeAsync(new HttpCheck(Url(server), ca: ca));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.PerformanceData.ShouldContain(" tls=");
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_unless_any_is()
    {
        await using FaultServer server = Serving(authority.Issue("a"));

        Observation seen = await ProbeAsync(new HttpCheck(Url(server)));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"certificate is not trusted: its issuer Test root is unknown: {server.Authority}")
        );
        (await ProbeAsync(new HttpCheck(Url(server), insecure: true))).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task The_name_of_the_URL_has_to_be_in_the_certificate_whatever_the_address()
    {
        await using FaultServer server = Serving(authority.Issue("a", host: "a.example"));

        Observation right = await ProbeAsync(new HttpCheck("https://a.example/", connectTo: server.Authority, ca: ca));
        Observation wrong = await ProbeAsync(new HttpCheck("https://b.example/", connectTo: server.Authority, ca: ca));

        right.State.ShouldBe(Ok, right.Reason);
        (wrong.State, wrong.Reason).ShouldBe(
            (Fail, $"certificate is for a.example, not b.example: {server.Authority}")
        );
    }

    [Fact]
    public async Task A_server_without_TLS_says_so()
    {
        await using FaultServer server = new(
            async (stream, cancel) => await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancel)
        );

        Observation seen = await ProbeAsync(new HttpCheck(Url(server)));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"TLS handshake failed, the target does not speak TLS: {server.Authority}")
        );
    }

    [Theory]
    [InlineData(HttpProtocol.Http1)]
    [InlineData(HttpProtocol.Http2)]
    public async Task A_handshake_that_stalls_is_a_timeout_in_it(HttpProtocol protocol)
    {
        await using FaultServer server = new((_, _) => Task.CompletedTask);

        Observation seen = await ProbeAsync(new HttpCheck(Url(server), protocol: protocol, timeout: Second(0.3)));

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 300ms in TLS handshake: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_server_that_says_nothing_of_HTTP_2_does_not_offer_it()
    {
        await using FaultServer server = Serving(authority.Issue("a"));

        Observation seen = await ProbeAsync(new HttpCheck(Url(server), ca: ca, protocol: HttpProtocol.Http2));

        (seen.State, seen.Reason).ShouldBe((Fail, $"HTTP/2 is not offered: {server.Authority}"));
    }

    [Fact]
    public async Task A_record_that_stalls_is_a_timeout_after_the_handshake()
    {
        await using FaultServer server = new(
            FaultServer.OverTls(
                authority.Issue("a"),
                async (stream, cancel) =>
                {
                    await FaultServer.ReadHeadAsync(stream, cancel);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
                    await stream.ReadExactlyAsync(new byte[1], cancel);
                }
            )
        );

        Observation seen = await ProbeAsync(new HttpCheck(Url(server), ca: ca, timeout: Second(0.5)));

        seen.Reason.ShouldBe($"timed out after 500ms while reading the answer: {server.Authority}");
    }

    [Fact]
    public async Task A_connection_that_is_closed_in_the_handshake_says_so()
    {
        await using FaultServer server = new(
            (stream, _) =>
            {
                FaultServer.Close(stream);
                return Task.CompletedTask;
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(Url(server)));

        (seen.State, seen.Reason).ShouldBe((Fail, $"connection closed in TLS handshake: {server.Authority}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_shown(bool isGiven)
    {
        (string certificate, string key) = authority.Issue("client");
        string? shown = null;
        SslServerAuthenticationOptions options = new()
        {
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, client, _, _) => (shown = client?.Subject) is not null,
        };
        await using FaultServer server = Serving(authority.Issue("a"), options);
        HttpCheck check = isGiven
            ? new(
                Url(server),
                ca: ca,
                clientCertificate: folder.Write("client.pem", certificate),
                clientKey: folder.Write("client.key", key)
            )
            : new(Url(server), ca: ca);

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(isGiven ? Ok : Fail, seen.Reason);
        shown.ShouldBe(isGiven ? "CN=client" : null);
    }

    [Theory]
    [InlineData(null, "cannot be read: it does not exist")]
    [InlineData("nothing", "holds no certificate in PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "holds a malformed certificate")]
    public async Task A_file_that_cannot_be_used_is_an_error_of_this_machine(string? text, string reason)
    {
        string path = Path.Combine(folder.Path, "bad.pem");
        if (text is not null)
        {
            folder.Write("bad.pem", text);
        }

        Observation seen = await ProbeAsync(new HttpCheck("https://127.0.0.1:1/", ca: path));
        Observation client = await ProbeAsync(new HttpCheck("https://127.0.0.1:1/", clientCertificate: path));

        (seen.State, seen.Reason).ShouldBe((Error, $"{path} {reason}"));
        (client.State, client.Reason).ShouldBe((Error, $"{path} {reason}"));
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_an_error_of_this_machine()
    {
        string certificate = folder.Write("client.pem", authority.Issue("client").Certificate);
        string key = folder.Write("client.key", authority.Issue("other").Key);

        Observation seen = await ProbeAsync(
            new HttpCheck("https://127.0.0.1:1/", clientCertificate: certificate, clientKey: key)
        );

        (seen.State, seen.Reason).ShouldBe(
            (Error, $"{key} has no usable private key of the certificate in {certificate}")
        );
    }

    private static string Url(FaultServer server) => $"https://{server.Authority}/";

    private static FaultServer Serving(
        (string Certificate, string Key) identity,
        SslServerAuthenticationOptions? options = null
    ) =>
        new(
            FaultServer.OverTls(
                identity,
                async (stream, cancel) =>
                {
                    await FaultServer.ReadHeadAsync(stream, cancel);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
                },
                options
            )
        );

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
