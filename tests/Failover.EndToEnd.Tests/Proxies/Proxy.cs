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

    public static async Task<Proxy> WhenListeningAsync(ChildProcess process, DirectoryInfo folder, string socket)
    {
        Proxy proxy = new(process, folder, socket);
        await Eventually.IsAsync(() => process.HasEnded || proxy.IsListening(), "the proxy listens");
        process.HasEnded.ShouldBeFalse(process.ToString());
        return proxy;
    }

    /// <summary>Sends these bytes, one for each character, and no more; gives all that comes back until the proxy closes.</summary>
    public async Task<string> SendAsync(string bytes)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using CancellationTokenSource patience = new(Patience);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), patience.Token);
        StringBuilder received = new();
        try
        {
            await client.SendAsync(Encoding.Latin1.GetBytes(bytes), patience.Token);
            byte[] buffer = new byte[4096];
            while (await client.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException) { }

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
