using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Sets what a connection that is given up at once needs, before it is made.</summary>
internal static class TcpSocketOptions
{
    // Linux, include/uapi/linux/in.h, tcp.h, asm-generic/socket.h. The runtime's own names for these either do not exist
    // or set more: its ReuseAddress would set SO_REUSEPORT as well, and share the port with other programs.
    private const int SolIp = 0;
    private const int IpBindAddressNoPort = 24;
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;
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

        if (path.Source is { Port: 0 })
        {
            // The port is chosen when the target is known, and so has to be free towards that target only.
            SetOnLinux(socket, SolIp, IpBindAddressNoPort, 1);
        }
        else if (path.Source is not null)
        {
            SetOnLinux(socket, SolSocket, SoReuseAddress, 1);
        }
    }

    private static void SetOnLinux(Socket socket, int level, int option, int value)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
    }
}
