using System.Net.Security;
using System.Net.Sockets;

namespace Failover;

/// <summary>Opens the connection of an exchange: to the target and, where that is asked, TLS over it.</summary>
/// <param name="destination">Where to connect to.</param>
/// <param name="tls">How TLS is spoken.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpConnector(Destination destination, TlsClient tls, TimeProvider time)
{
    /// <summary>Where it leads to, for people.</summary>
    public string Target => destination.Text;

    /// <summary>Connects, once. Never throws for anything that a target does.</summary>
    /// <param name="request">What will be sent.</param>
    /// <param name="protocol">What is spoken over TLS.</param>
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
            return (null, dialed.Failure);
        }

        NetworkStream transport = new(dialed.Socket, ownsSocket: true);
        return request.IsTls
            ? await TlsClient.HandshakeAsync(
                transport,
                destination.Text,
                tls.Verdict(request.Host, time.GetUtcNow()),
                files,
                protocol,
                phases,
                deadline
            )
            : (transport, null);
    }
}
