using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Connections to those whom this process informs by itself: receivers of notifications and of metrics. They are made as checks make
/// theirs: names are looked up on threads of their own, addresses race, and the deadline ends all of it.</summary>
internal static class Outgoing
{
    /// <summary>Connects.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <exception cref="IOException">It cannot be connected to; the message says why.</exception>
    public static async ValueTask<NetworkStream> ConnectAsync(
        string host,
        int port,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        Dialed dialed = await new Dialer(host.Trim('[', ']'), port).DialAsync(TcpClose.Fin, time, deadline);
        if (dialed.IsConnected)
        {
            return new(dialed.Socket, ownsSocket: true);
        }

        deadline.ThrowIfCancellationRequested();
        throw new IOException(dialed.Failure.Reason);
    }

    /// <summary>What sends HTTP requests, over connections of its own: next to nothing at so few of them, and neither an address nor a
    /// certificate authority is older than that. Redirects are not followed: headers may hold what only this receiver is to know.</summary>
    /// <param name="files">What is trusted.</param>
    /// <param name="usesProxy">Whether the proxy of the environment is used.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deadline">The end of the time for it.</param>
    public static SocketsHttpHandler Handler(
        ClientCertificates files,
        bool usesProxy,
        TimeProvider time,
        CancellationToken deadline
    ) =>
        new()
        {
            SslOptions = new() { CertificateChainPolicy = files.Policy },
            // The default one blocks a thread of the pool while a name lookup hangs.
            ConnectCallback = async (context, _) =>
                await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, time, deadline),
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            UseCookies = false,
            UseProxy = usesProxy,
        };
}
