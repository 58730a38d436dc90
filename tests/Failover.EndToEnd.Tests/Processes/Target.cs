using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>A service that a test starts and stops. It keeps its port when it is down, and answers whoever speaks HTTP to it
/// with its name.</summary>
internal sealed class Target : IDisposable
{
    private readonly byte[] answer;
    private Socket socket;

    public Target(string name = "target")
    {
        answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\nConnection: close\r\n\r\n{name}"
        );
        socket = Bind(port: 0);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static Target Started(string name = "target")
    {
        Target target = new(name);
        target.Start();
        return target;
    }

    public int Port { get; }

    public void Start()
    {
        socket.Listen();
        _ = AcceptAsync(socket);
    }

    /// <summary>From now on connections are refused: the port is taken, but nobody listens.</summary>
    public void Stop()
    {
        socket.Dispose();
        socket = Bind(Port);
    }

    public void Dispose() => socket.Dispose();

    private static Socket Bind(int port)
    {
        Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // The one before is closed when the accept that it was in has ended, which may be a moment after it was told to.
        SpinWait.SpinUntil(() => TryBind(bound, port), Second(10)).ShouldBeTrue($"port {port} is free again");
        return bound;
    }

    private static bool TryBind(Socket socket, int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException) { }
    }

    private async Task AnswerAsync(Socket connection)
    {
        using (connection)
        {
            byte[] head = new byte[16_384];
            int length = 0;
            try
            {
                while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                {
                    int count = await connection.ReceiveAsync(head.AsMemory(length));
                    if (count == 0)
                    {
                        return;
                    }

                    length += count;
                }

                await connection.SendAsync(answer);
                connection.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException) { }
        }
    }
}
