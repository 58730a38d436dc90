using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>HTTPS as a client that checks the certificate sees it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TlsTerminationTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly CertificateFiles files = new();
    private readonly ManualTime time = new() { WallClock = TimeProvider.System.GetUtcNow() };

    public void Dispose()
    {
        files.Dispose();
        authority.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_that_knows_the_root_only_is_satisfied(SslProtocols protocol)
    {
        await using Listener listener = await ServeAsync("one");

        using RawConnection client = await ConnectAsync(listener, authority.Client(protocol));

        (await AskAsync(client)).ShouldBe("https");
        client.Tls!.SslProtocol.ShouldBe(protocol);
        client.Tls.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http11);
    }

    [Fact]
    public async Task The_version_before_1_2_is_refused()
    {
        await using Listener listener = await ServeAsync("one");
        using RawConnection client = await ConnectAsync(listener);

        await client.SendAsync(HelloOfTls11);

        // A fatal alert: protocol version (RFC 5246, 7.2).
        (await client.ReadBytesAsync(7)).ShouldMatch("^\u0015\u0003.\u0000\u0002\u0002\u0046$");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Plain_HTTP_is_not_answered_and_harms_nobody()
    {
        await using Listener listener = await ServeAsync("one");
        using RawConnection plain = await ConnectAsync(listener);

        await plain.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

        (await plain.IsClosedAsync()).ShouldBeTrue();
        using RawConnection client = await ConnectAsync(listener, authority.Client());
        (await AskAsync(client)).ShouldBe("https");
    }

    [Fact]
    public async Task A_new_certificate_is_for_those_who_connect_and_open_connections_go_on()
    {
        using TlsCertificate certificate = Load("one");
        certificate.Watch(_ => { });
        await using Listener listener = await ServeAsync(certificate);
        using RawConnection before = await ConnectAsync(listener, authority.Client());
        (await AskAsync(before)).ShouldBe("https");

        files.Write(authority.Issue("two"));
        time.Advance(TlsCertificate.WatchInterval);

        using RawConnection after = await ConnectAsync(listener, authority.Client());
        Subject(after).ShouldBe("CN=two");
        (await AskAsync(after)).ShouldBe("https");
        (await AskAsync(before)).ShouldBe("https");
        Subject(before).ShouldBe("CN=one");
    }

    [Fact]
    public async Task A_listener_may_be_given_another_certificate_while_it_listens()
    {
        await using Listener listener = await ServeAsync("one");
        using CertificateFiles others = new();
        others.Write(authority.Issue("other"));
        using TlsCertificate other = new(others.Path, others.KeyPath, time);
        other.Load();

        listener.Use(other);

        using RawConnection client = await ConnectAsync(listener, authority.Client());
        Subject(client).ShouldBe("CN=other");
    }

    private static string Subject(RawConnection client) => client.Tls!.RemoteCertificate!.Subject;

    private TlsCertificate Load(string name)
    {
        files.Write(authority.Issue(name));
        TlsCertificate certificate = new(files.Path, files.KeyPath, time);
        certificate.Load();
        return certificate;
    }

    private Task<Listener> ServeAsync(string name) => ServeAsync(Load(name));

    // Answers with the scheme that the application sees.
    private static Task<Listener> ServeAsync(TlsCertificate certificate) =>
        StartAsync(FreePort with { IsTls = true }, http => Says(http.Request.Scheme)(http), certificate: certificate);

    // Without the extension of TLS 1.3 that lists versions, the one in the hello is the highest (RFC 5246, 7.4.1.2).
    private static string HelloOfTls11 =>
        "\u0016\u0003\u0001\0\u002f" // a record of a handshake
        + "\u0001\0\0\u002b" // client hello
        + "\u0003\u0002" // TLS 1.1
        + new string('r', 32) // random
        + "\0" // no session
        + "\0\u0004\u00c0\u0013\0\u002f" // ECDHE_RSA and RSA with AES_128_CBC_SHA
        + "\u0001\0"; // no compression
}
