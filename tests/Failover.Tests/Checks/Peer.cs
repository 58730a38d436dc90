using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A real socket on loopback that behaves in one way.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Socket listener;
    private readonly List<Socket> held = [];
    private readonly HashSet<string> earlier;

    private Peer(IPAddress address, int port, int backlog)
    {
        listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen(backlog);
        earlier = [.. TimeWaits()];
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public int Port => EndPoint.Port;

    public string Host => EndPoint.Address.ToString();

    /// <summary>Accepts, as far as the system does; the application never looks.</summary>
    public static Peer Accepting(string address = "127.0.0.1", int port = 0) =>
        new(IPAddress.Parse(address), port, backlog: 512);

    /// <summary>Leaves every SYN without an answer: its queue, which holds one more than its backlog, is full.</summary>
    public static Peer BlackHole(string address = "127.0.0.1", int port = 0)
    {
        Peer peer = new(IPAddress.Parse(address), port, backlog: 0);
        peer.held.Add(peer.Connect());
        return peer;
    }

    /// <summary>A port of an address on which nobody listens, and which nobody gets meanwhile but who asks for it by its
    /// number: the runtime binds with SO_REUSEADDR, and two that do not listen may share.</summary>
    public static Socket Refusing(string address = "127.0.0.1", int port = 0)
    {
        IPAddress ip = IPAddress.Parse(address);
        Socket socket = new(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(ip, port));
        return socket;
    }

    /// <summary>A connection to it that stays open.</summary>
    public Socket Connect()
    {
        Socket socket = new(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        socket.Connect(EndPoint);
        return socket;
    }

    /// <summary>How many connections have come to it and were not yet counted; waits for the first.</summary>
    public int CountArrivals(TimeSpan wait)
    {
        int arrivals = 0;
        for (; listener.Poll(arrivals == 0 ? wait : TimeSpan.Zero, SelectMode.SelectRead); arrivals++)
        {
            listener.Accept().Dispose();
        }

        return arrivals;
    }

    /// <summary>Accepts one connection, waiting for it.</summary>
    public async Task<Socket> AcceptAsync(CancellationToken cancellationToken) =>
        await listener.AcceptAsync(cancellationToken);

    /// <summary>How many connections with its port are in TIME_WAIT that were not when it was made: another one may have had the port
    /// before.</summary>
    public int CountTimeWaits() => TimeWaits().Except(earlier, StringComparer.Ordinal).Count();

    private IEnumerable<string> TimeWaits()
    {
        string port = ":" + Port.ToString("X4", CultureInfo.InvariantCulture);
        const string TimeWait = "06"; // Linux, include/net/tcp_states.h
        const string Connections = "/proc/net/tcp";
        return !File.Exists(Connections)
            ? []
            : File.ReadLines(Connections)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(field =>
                    field[3] == TimeWait
                    && (
                        field[1].EndsWith(port, StringComparison.Ordinal)
                        || field[2].EndsWith(port, StringComparison.Ordinal)
                    )
                )
                .Select(field => $"{field[1]} {field[2]}");
    }

    public void Dispose()
    {
        held.ForEach(socket => socket.Dispose());
        listener.Dispose();
    }
}
