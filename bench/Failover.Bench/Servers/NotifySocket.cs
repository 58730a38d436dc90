using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>Listens as a service manager does (sd_notify(3)): a program tells it when a reload is over.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] buffer = new byte[4096];

    public NotifySocket(string path) => socket.Bind(new UnixDomainSocketEndPoint(path));

    /// <summary>Waits until the program has told that it begins to reload, and then that it is ready.</summary>
    public async Task WhenReloadedAsync(CancellationToken stop)
    {
        await WhenToldAsync("RELOADING=1", stop);
        await WhenToldAsync("READY=1", stop);
    }

    public void Dispose() => socket.Dispose();

    private async Task WhenToldAsync(string line, CancellationToken stop)
    {
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, stop);
            if (Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Contains(line, StringComparer.Ordinal))
            {
                return;
            }
        }
    }
}
