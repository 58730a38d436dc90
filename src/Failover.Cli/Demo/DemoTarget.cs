using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Plays a mail server on the loopback: accepts connections while it is up. While it is down it keeps its port, and nobody listens
/// there.</summary>
/// <param name="name">What it is called in the log.</param>
internal sealed class DemoTarget(string name) : IAsyncDisposable
{
    private static readonly TimeSpan PauseBetweenBinds = TimeSpan.FromMilliseconds(50);
    private const int MostBinds = 100;

    private CancellationTokenSource? stop;
    private Task accepting = Task.CompletedTask;
    private Socket? socket;

    public string Name => name;

    /// <summary>Where it is. It is taken by the first start.</summary>
    public int Port { get; private set; }

    /// <summary>From now on it accepts connections.</summary>
    public async Task StartAsync()
    {
        socket ??= await BindAsync();
        socket.Listen();
        stop = new();
        accepting = AcceptAsync(socket, stop.Token);
    }

    /// <summary>From now on connections are refused.</summary>
    public async Task StopAsync()
    {
        await CloseAsync();
        socket = await BindAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (stop is not null)
        {
            await stop.CancelAsync();
            await accepting;
            stop.Dispose();
            stop = null;
        }

        socket?.Dispose();
        socket = null;
    }

    // Between two sockets another process may take the port for a moment, as its end of a connection.
    private async Task<Socket> BindAsync()
    {
        for (int bind = 1; ; bind++)
        {
            Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                bound.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                Port = ((IPEndPoint)bound.LocalEndPoint!).Port;
                return bound;
            }
            catch (SocketException fault)
                when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse && bind < MostBinds)
            {
                bound.Dispose();
                await Task.Delay(PauseBetweenBinds, TimeProvider.System);
            }
            catch
            {
                bound.Dispose();
                throw;
            }
        }
    }

    private static async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                (await listener.AcceptAsync(stop)).Dispose();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection that was over before it was accepted, or no descriptor for it.
            }
        }
    }
}
