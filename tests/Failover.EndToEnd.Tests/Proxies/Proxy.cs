using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>A proxy as a process. It listens on a socket in its folder, so that no two tests can want the same port.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Second(30);

    private readonly ChildProcess process;
    private readonly DirectoryInfo folder;
    private readonly string socket;

    private Proxy(ChildProcess process, DirectoryInfo folder, string socket) =>
        (this.process, this.folder, this.socket) = (process, folder, socket);

    /// <summary>The socket that it listens on.</summary>
    public string Socket => socket;

    public static async Task<Proxy> WhenListeningAsync(ChildProcess process, DirectoryInfo folder, string socket)
    {
        Proxy proxy = new(process, folder, socket);
        await Eventually.IsAsync(() => process.HasEnded || proxy.IsListening(), "the proxy listens");
        process.HasEnded.ShouldBeFalse(process.ToString());
        return proxy;
    }

    /// <summary>Sends these bytes, one for each character, and no more; gives all that comes back until the proxy closes.</summary>
    public Task<string> SendAsync(string bytes) => SendAsync("", tls: null, bytes);

    /// <summary>Sends a request as a client of an address, which goes ahead in the PROXY protocol (version 1,
    /// https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt).</summary>
    /// <param name="from">The client's IPv4 address.</param>
    /// <param name="tls">What it is to be encrypted with; null: nothing.</param>
    /// <param name="request">The request, which asks for the connection to be closed.</param>
    public Task<string> SendFromAsync(string from, SslClientAuthenticationOptions? tls, string request) =>
        SendAsync($"PROXY TCP4 {from} 192.0.2.1 4711 443\r\n", tls, request);

    private async Task<string> SendAsync(string ahead, SslClientAuthenticationOptions? tls, string bytes)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using CancellationTokenSource patience = new(Patience);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), patience.Token);
        StringBuilder received = new();
        try
        {
            await client.SendAsync(Encoding.Latin1.GetBytes(ahead), patience.Token);
            await using Stream stream = await OpenAsync(client, tls, patience.Token);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), patience.Token);
            byte[] buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, patience.Token) is > 0 and var count)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException) { }

        return received.ToString();
    }

    /// <summary>What it answers to a GET: the status and the body.</summary>
    public async Task<string> GetAsync(string path)
    {
        string answer = await SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return $"{answer.Split(' ')[1]} {answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]}";
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<Stream> OpenAsync(
        Socket client,
        SslClientAuthenticationOptions? tls,
        CancellationToken cancellationToken
    )
    {
        NetworkStream stream = new(client);
        if (tls is null)
        {
            return stream;
        }

        SslStream encrypted = new(stream);
        await encrypted.AuthenticateAsClientAsync(tls, cancellationToken);
        return encrypted;
    }

    private bool IsListening()
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
