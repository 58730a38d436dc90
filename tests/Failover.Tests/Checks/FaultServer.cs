using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Failover;

/// <summary>A server that behaves as a test says, on every connection.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly Func<Stream, CancellationToken, Task> talk;
    private readonly Task accepting;
    private readonly string? socketPath;

    /// <param name="talk">What it does on a connection; then it waits until the client closes.</param>
    /// <param name="socketPath">A Unix socket to listen on instead of the loopback.</param>
    public FaultServer(Func<Stream, CancellationToken, Task> talk, string? socketPath = null)
    {
        (this.talk, this.socketPath) = (talk, socketPath);
        listener = socketPath is null
            ? new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(
            socketPath is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(socketPath)
        );
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>Answers each request with these bytes, one for each character, and closes.</summary>
    public static FaultServer Answering(string answer) =>
        new(
            async (stream, cancel) =>
            {
                await ReadHeadAsync(stream, cancel);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), cancel);
                Close(stream);
            }
        );

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>How many connections it has accepted.</summary>
    public int Connections => connections.Count;

    public string Authority => $"127.0.0.1:{Port}";

    public string Url => $"http://{Authority}/";

    /// <summary>Ends the server's side of a connection.</summary>
    public static void Close(Stream stream) => (stream as NetworkStream)?.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>The head of a request, as far as it came.</summary>
    public static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancel)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (
            !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancel) > 0
        )
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>What is said over TLS.</summary>
    public static Func<Stream, CancellationToken, Task> OverTls(
        (string Certificate, string Key) identity,
        Func<Stream, CancellationToken, Task> talk,
        SslServerAuthenticationOptions? options = null
    ) =>
        async (stream, cancel) =>
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPem(identity.Certificate);
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(identity.Certificate, identity.Key);
            options ??= new();
            options.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            await using SslStream encrypted = new(stream, leaveInnerStreamOpen: true);
            await encrypted.AuthenticateAsServerAsync(options, cancel);
            await talk(encrypted, cancel);
        };

    /// <summary>Waits until clients have closed all connections: a probe that leaves one open hangs the test.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(connections).WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
        if (socketPath is not null)
        {
            File.Delete(socketPath);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptAsync(stop.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(Socket client)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            await talk(stream, stop.Token);
            byte[] rest = new byte[4096];
            while (await stream.ReadAsync(rest, stop.Token) > 0) { }
        }
        catch (Exception end)
            when (end
                    is IOException
                        or OperationCanceledException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            // The client has closed, or reset.
        }
    }
}
