using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A web server that answers when it is told to, and counts who asked.</summary>
internal sealed class SlowTarget : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int connections;

    public SlowTarget()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        _ = AcceptAllAsync();
    }

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Answers all who have asked.</summary>
    public void Release() => gate.TrySetResult();

    public void Dispose()
    {
        gate.TrySetResult();
        socket.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await socket.AcceptAsync());
                Interlocked.Increment(ref connections);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task AnswerAsync(Socket accepted)
    {
        using (accepted)
        {
            await accepted.ReceiveAsync(new byte[4096]);
            await gate.Task;
            await accepted.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"u8.ToArray());
        }
    }
}
