using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Sets what a connection that is given up at once needs, before it is made.</summary>
internal static class TcpSocketOptions
{
    // Linux, include/uapi/asm-generic/socket.h, include/uapi/linux/in.h and tcp.h; the runtime has no names of its own for these.
    private const int SolSocket = 1;
    private const int SoLinger = 13;
    private const int SolIp = 0;
    private const int IpBindAddressNoPort = 24;
    private const int SolTcp = 6;
    private const int TcpQuickAck = 12;

    private static readonly LingerOption Reset = new(enable: true, seconds: 0);

    public static void Apply(Socket socket, TcpPath path, TcpClose close)
    {
        if (close == TcpClose.Rst)
        {
            socket.LingerState = Reset;
            // Holds back the last ACK of the handshake: the reset that follows comes first, and the target's system
            // drops the connection before its application sees it. HAProxy's checks do the same.
            SetOnLinux(socket, SolTcp, TcpQuickAck, 0);
        }

        // A given port needs nothing more: the runtime binds with SO_REUSEADDR, so that one that is on its way out of use
        // can be used again.
        if (path.Source is { Port: 0 })
        {
            // The port is chosen when the target is known, and so has to be free towards that target only.
            SetOnLinux(socket, SolIp, IpBindAddressNoPort, 1);
        }
    }

    /// <summary>The same, for a path without a source, on a descriptor.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="close">How the connection will be given up.</param>
    /// <param name="isSentAtOnce">Whether something is sent as soon as it is connected: the last ACK of the handshake goes with that, and the
    /// target is woken once. HAProxy's checks do the same.</param>
    [SupportedOSPlatform("linux")]
    public static void Apply(int descriptor, TcpClose close, bool isSentAtOnce)
    {
        if (close == TcpClose.Rst)
        {
            _ = LinuxSockets.SetOption(descriptor, SolSocket, SoLinger, (1, 0));
        }

        if (close == TcpClose.Rst || isSentAtOnce)
        {
            _ = LinuxSockets.SetOption(descriptor, SolTcp, TcpQuickAck, 0);
        }
    }

    /// <summary>The same for one that had <see cref="TcpClose.Rst"/> and has been disconnected: it has kept all but the ACK that is held
    /// back.</summary>
    [SupportedOSPlatform("linux")]
    public static void ApplyAgain(int descriptor) => _ = LinuxSockets.SetOption(descriptor, SolTcp, TcpQuickAck, 0);

    private static void SetOnLinux(Socket socket, int level, int option, int value)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
    }
}
