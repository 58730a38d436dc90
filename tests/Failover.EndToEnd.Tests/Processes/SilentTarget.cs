using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A target whose queue of connections is full: whoever connects hears nothing until it accepts.</summary>
internal sealed class SilentTarget : IDisposable
{
    private static readonly TimeSpan Silence = Second(0.3);

    private readonly Socket listener = New();
    private readonly List<Socket> queue = [];

    private SilentTarget()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog: 0);
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public static async Task<SilentTarget> StartAsync()
    {
        SilentTarget target = new();
        await target.BeSilentAsync();
        return target;
    }

    /// <summary>Fills the queue, again where it has been accepted from.</summary>
    public async Task BeSilentAsync()
    {
        while (await TryFillAsync()) { }
    }

    /// <summary>Waits until somebody else tries to connect.</summary>
    public Task SomebodyWaitsAsync() => Eventually.IsAsync(() => Attempts() > 0, "an attempt to connect");

    /// <summary>How many connections others try to open at this moment.</summary>
    public int Attempts()
    {
        // A line of /proc/net/tcp: number, local end, remote end, state; 02 is SYN_SENT.
        string remote = string.Create(CultureInfo.InvariantCulture, $":{Port:X4} 02 ");
        return File.ReadLines("/proc/net/tcp").Count(line => line.Contains(remote, StringComparison.Ordinal));
    }

    /// <summary>Makes room: the next attempt to connect succeeds. The kernel repeats one after 1 s, 3 s and 7 s.</summary>
    public void Accept()
    {
        foreach (Socket _ in queue)
        {
            listener.Accept().Dispose();
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        queue.ForEach(socket => socket.Dispose());
    }

    private static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task<bool> TryFillAsync()
    {
        Socket socket = New();
        using CancellationTokenSource patience = new(Silence);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
            queue.Add(socket);
            return true;
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            return false;
        }
    }
}
