using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Failover;

/// <summary>What a daemon is asked for.</summary>
/// <remarks>No record: a record prints its members, and one is a secret.</remarks>
/// <param name="method">The method.</param>
/// <param name="path">Without a leading slash, its segments escaped.</param>
internal sealed class DaemonRequest(HttpMethod method, string path)
{
    public HttpMethod Method => method;

    public string Path => path;

    /// <summary>The <c>Authorization</c> header; null: none.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>The version that it is meant for, as <c>If-Match</c> says it; null: whatever it is.</summary>
    public string? Etag { get; init; }

    /// <summary>A body in JSON; null: none.</summary>
    public string? Body { get; init; }
}

/// <summary>What a daemon answered.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Text">The body.</param>
internal readonly record struct DaemonAnswer(int Status, string Text);

/// <summary>Sends requests to a daemon: without cookies, proxies or redirects.</summary>
internal sealed class DaemonConnection : IDisposable
{
    // A reset that cannot be stored is answered after 5 s, and log-ins may be in a queue before it.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly DaemonAddress address;
    private readonly HttpClient client;

    /// <param name="address">Where.</param>
    /// <param name="authorityFile">The authorities to trust over HTTPS; null: those of the system, or the certificate that the
    /// address names.</param>
    /// <exception cref="CommandException">A file of certificates cannot be used.</exception>
    public DaemonConnection(DaemonAddress address, string? authorityFile)
    {
        this.address = address;
        SocketsHttpHandler handler = new()
        {
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        }

        if (address.Root.Scheme == Uri.UriSchemeHttps)
        {
            Trust(handler.SslOptions, authorityFile);
        }

        client = new HttpClient(handler) { Timeout = ResponseTimeout };
    }

    /// <summary>Asks.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Without a leading slash, its segments escaped.</param>
    /// <param name="authorization">The <c>Authorization</c> header; null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">There was no answer.</exception>
    public Task<DaemonAnswer> SendAsync(
        HttpMethod method,
        string path,
        AuthenticationHeaderValue? authorization,
        CancellationToken cancellationToken
    ) => SendAsync(new(method, path) { Authorization = authorization }, cancellationToken);

    /// <inheritdoc cref="SendAsync(HttpMethod, string, AuthenticationHeaderValue, CancellationToken)"/>
    public async Task<DaemonAnswer> SendAsync(DaemonRequest asked, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(asked.Method, new Uri(address.Root.AbsoluteUri + asked.Path));
        request.Headers.Authorization = asked.Authorization;
        if (asked.Etag is { } etag)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        if (asked.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new((int)response.StatusCode, Encoding.UTF8.GetString(answer));
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(Cause(exception));
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no answer in {Units.Text(ResponseTimeout)}");
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>That there is no daemon which answers as one does.</summary>
    public CommandException Unreachable(string cause) =>
        new(ExitCode.Unreachable, $"failover: cannot reach the daemon at {address}: {Printable.Escape(cause)}");

    private string Cause(HttpRequestException exception) =>
        exception.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused",
            // What the runtime makes of ENOENT.
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when address.SocketPath is not null =>
                "no such socket",
            SocketException { SocketErrorCode: SocketError.HostNotFound } => "there is no such host",
            SocketException socket => socket.Message,
            AuthenticationException { InnerException: null } => "its certificate is not trusted",
            AuthenticationException authentication => authentication.GetBaseException().Message,
            _ => exception.Message,
        };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Trust(SslClientAuthenticationOptions options, string? authorityFile)
    {
        if (authorityFile is not null)
        {
            X509Certificate2Collection authorities = Load(authorityFile);
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        else if (address.Certificate is { } file)
        {
            byte[] expected = Load(file)[0].RawData;
            options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(expected);
        }
    }

    private static X509Certificate2Collection Load(string file)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException(
                ExitCode.Unreachable,
                $"failover: the certificate in {Printable.Escape(file)} cannot be read: {Printable.Escape(exception.Message)}"
            );
        }

        return certificates.Count > 0
            ? certificates
            : throw new CommandException(
                ExitCode.Unreachable,
                $"failover: there is no certificate in {Printable.Escape(file)}"
            );
    }
}
