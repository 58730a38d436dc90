using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A target that never answers: its queue of connections is full, and Linux drops the SYNs of more.</summary>
internal sealed class BlackHole : IAsyncDisposable
{
    // A connection over the loopback that is not there within this is not going to be.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> fillers = [];

    private BlackHole()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(0);
    }

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public static async Task<BlackHole> OpenAsync(CancellationToken stop)
    {
        BlackHole hole = new();
        while (await hole.FillAsync(stop)) { }

        return hole;
    }

    public ValueTask DisposeAsync()
    {
        fillers.ForEach(filler => filler.Dispose());
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        fillers.Add(filler);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await filler.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
