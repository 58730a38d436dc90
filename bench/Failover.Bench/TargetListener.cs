using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A target that accepts and closes, on a thread of its own.</summary>
internal sealed class TargetListener : IDisposable
{
    // Linux, asm-generic/socket.h: the listener of all addresses of 127.0.0.0/8 is to be reached by the loopback only.
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private const int Backlog = 4096;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly bool hasManyAddresses;
    private readonly Lock gate = new();
    private readonly List<Arrival> arrivals = [];

    /// <summary>Listens on a free port.</summary>
    /// <param name="hasManyAddresses">On all addresses of the loopback, and recording who was looked at when; else on 127.0.0.1
    /// only.</param>
    public TargetListener(bool hasManyAddresses)
    {
        this.hasManyAddresses = hasManyAddresses;
        if (hasManyAddresses)
        {
            socket.SetRawSocketOption(SolSocket, SoBindToDevice, "lo"u8);
        }

        socket.Bind(new IPEndPoint(hasManyAddresses ? IPAddress.Any : IPAddress.Loopback, 0));
        socket.Listen(Backlog);
        new Thread(AcceptAll) { IsBackground = true, Name = "listener" }.Start();
    }

    /// <summary>A connection that was accepted.</summary>
    /// <param name="Target">Which target it was for.</param>
    /// <param name="At">When, by <see cref="Stopwatch"/>.</param>
    internal readonly record struct Arrival(int Target, long At);

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>What arrived until now.</summary>
    public Arrival[] Arrivals
    {
        get
        {
            lock (gate)
            {
                return [.. arrivals];
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private void AcceptAll()
    {
        while (true)
        {
            try
            {
                using Socket accepted = socket.Accept();
                if (hasManyAddresses)
                {
                    Record(accepted);
                }
            }
            catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionAborted)
            {
                // Reset before it was accepted.
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Record(Socket accepted)
    {
        long now = Stopwatch.GetTimestamp();
        if (accepted.LocalEndPoint is IPEndPoint { Address: var address })
        {
            lock (gate)
            {
                arrivals.Add(new(TargetAddress.TargetOf(address), now));
            }
        }
    }
}
