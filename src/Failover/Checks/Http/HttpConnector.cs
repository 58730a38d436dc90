using System.Net.Security;
using System.Net.Sockets;

namespace Failover;

/// <summary>Opens the connection of an exchange: to the target or through a proxy and, where that is asked, TLS over it.</summary>
/// <param name="destination">Where to connect to: the target, or the proxy.</param>
/// <param name="tls">How TLS is spoken.</param>
/// <param name="time">The clock.</param>
/// <param name="proxy">The proxy; null: none.</param>
/// <param name="instead">Where the proxy is to connect to instead of the server of the URL; null: there.</param>
internal sealed class HttpConnector(
    Destination destination,
    TlsClient tls,
    TimeProvider time,
    HttpProxy? proxy = null,
    ConnectTarget? instead = null
)
{
    /// <summary>Where it leads to, for people.</summary>
    public string Target => proxy is null ? destination.Text : $"by proxy {destination.Text}";

    /// <summary>The proxy that answers a request of HTTP/1.1 itself; null where the server does, through a tunnel or without a proxy.</summary>
    public HttpProxy? ProxyFor(HttpRequest request) => IsTunnel(request, SslApplicationProtocol.Http11) ? null : proxy;

    /// <summary>Connects, once. Never throws for anything that a target does.</summary>
    /// <param name="request">What will be sent.</param>
    /// <param name="protocol">What is spoken, over TLS or in plain text.</param>
    /// <param name="files">What the files of TLS hold.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <returns>A stream, which is the caller's to close, or why there is none.</returns>
    public async ValueTask<(Stream? Stream, Observation? Failure)> OpenAsync(
        HttpRequest request,
        SslApplicationProtocol protocol,
        ClientCertificates files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        Dialed dialed = await destination.DialAsync(time, phases, deadline);
        if (!dialed.IsConnected)
        {
            return (null, proxy is null ? dialed.Failure : HttpProxy.NotReached(dialed.Failure));
        }

        NetworkStream transport = new(dialed.Socket, ownsSocket: true);
        if (
            proxy is not null
            && IsTunnel(request, protocol)
            && await proxy.ConnectAsync(transport, request.Server(instead), phases, deadline) is { } why
        )
        {
            await transport.DisposeAsync();
            return (null, why);
        }

        return request.IsTls
            ? await TlsClient.HandshakeAsync(
                transport,
                Target,
                tls.Verdict(request.Host, time.GetUtcNow(), isValidityAsked: false),
                files,
                protocol,
                phases,
                deadline
            )
            : (transport, null);
    }

    private bool IsTunnel(HttpRequest request, SslApplicationProtocol protocol) =>
        request.IsTls || instead is not null || protocol == SslApplicationProtocol.Http2;
}
