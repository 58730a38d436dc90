using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A socket for echo requests: of the kind that everybody may have where the system says so, else a raw one.</summary>
internal static class EchoSocket
{
    // Linux: in.h, in6.h. Errors that routers report come in at once, for every kind of them.
    private const int SolIp = 0;
    private const int IpReceiveErrors = 11;
    private const int SolIpv6 = 41;
    private const int Ipv6ReceiveErrors = 25;

    /// <summary>Why this process may not send echo requests; null: it may.</summary>
    public static string? FaultOf(AddressFamily family)
    {
        try
        {
            Open(family).Dispose();
            return null;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AccessDenied)
        {
            return "ICMP is not permitted on this machine: the group of this user is not within net.ipv4.ping_group_range, and it lacks CAP_NET_RAW";
        }
        catch (SocketException)
        {
            // No descriptors, no IPv6: for the probe to say.
            return null;
        }
    }

    /// <summary>Opens one.</summary>
    /// <exception cref="SocketException">Neither kind is permitted (<see cref="SocketError.AccessDenied"/>), or there is none
    /// left.</exception>
    public static Socket Open(AddressFamily family)
    {
        ProtocolType protocol = family == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        try
        {
            return new(family, SocketType.Dgram, protocol);
        }
        catch (SocketException fault) when (IsRefused(fault.SocketErrorCode))
        {
            return new(family, SocketType.Raw, protocol);
        }
    }

    /// <summary>Has it talk to the target alone. Sends nothing.</summary>
    /// <exception cref="SocketException">There is no way to it from here.</exception>
    public static void Connect(Socket socket, IPAddress target)
    {
        socket.Blocking = false;
        socket.Connect(new IPEndPoint(target, 0));
        if (OperatingSystem.IsLinux())
        {
            bool isIpv6 = target.AddressFamily == AddressFamily.InterNetworkV6;
            int on = 1;
            socket.SetRawSocketOption(
                isIpv6 ? SolIpv6 : SolIp,
                isIpv6 ? Ipv6ReceiveErrors : IpReceiveErrors,
                MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on))
            );
        }
    }

    // Not permitted, or a system that has only the other kind.
    private static bool IsRefused(SocketError error) =>
        error
            is SocketError.AccessDenied
                or SocketError.ProtocolNotSupported
                or SocketError.SocketNotSupported
                or SocketError.ProtocolType
                or SocketError.OperationNotSupported;
}
