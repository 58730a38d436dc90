using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A target that accepts and closes, on a thread of its own, with two system calls for a connection: it is to be no limit
/// for whoever connects.</summary>
internal sealed partial class TargetListener : IDisposable
{
    // As long as Linux allows by default (net.core.somaxconn).
    private const int Backlog = 4096;

    // Linux, asm-generic/errno.h: this connection was reset before it was accepted; others go on.
    private const int ConnectionAborted = 103;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread thread;

    /// <summary>Listens on a free port.</summary>
    public TargetListener()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(Backlog);
        thread = new(AcceptAll) { IsBackground = true, Name = "listener" };
        thread.Start();
    }

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public void Dispose()
    {
        // Ends a call of accept that waits.
        _ = Shutdown((int)socket.Handle, 2);
        thread.Join();
        socket.Dispose();
    }

    private void AcceptAll()
    {
        int listener = (int)socket.Handle;
        while (true)
        {
            int accepted = Accept(listener, 0, 0);
            if (accepted >= 0)
            {
                _ = Close(accepted);
            }
            else if (Marshal.GetLastPInvokeError() != ConnectionAborted)
            {
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "accept", SetLastError = true)]
    private static partial int Accept(int socket, nint address, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(int socket, int how);
}

/// <summary>Several of them, so that not all checks are of one port.</summary>
internal sealed class TargetListeners : IDisposable
{
    private const int Count = 8;

    private readonly TargetListener[] listeners = [.. Enumerable.Range(0, Count).Select(_ => new TargetListener())];

    public int[] Ports => [.. listeners.Select(listener => listener.Port)];

    public void Dispose() => Array.ForEach(listeners, listener => listener.Dispose());
}
