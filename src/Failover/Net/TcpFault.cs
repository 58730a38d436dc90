using System.Net.Sockets;

namespace Failover;

/// <summary>What the system's error says: something about the target, or only about this machine.</summary>
internal static class TcpFault
{
    public static TcpAttempt Read(SocketError error, TcpPath path, bool isBound)
    {
        (TcpEnding ending, string cause) = error switch
        {
            SocketError.ConnectionRefused => (TcpEnding.Failed, "refused"),
            SocketError.TimedOut => (TcpEnding.TimedOut, "timed out"),
            SocketError.ConnectionReset or SocketError.ConnectionAborted => (TcpEnding.Failed, "connection reset"),
            // The last one is what a system makes of ICMP's "protocol unreachable".
            SocketError.NetworkUnreachable
            or SocketError.HostUnreachable
            or SocketError.HostDown
            or SocketError.ProtocolOption => (TcpEnding.Failed, "unreachable"),
            SocketError.TooManyOpenSockets => (TcpEnding.Exhausted, "no descriptors left"),
            // The second is what a socket that does not block says.
            SocketError.NoBufferSpaceAvailable or SocketError.WouldBlock => (
                TcpEnding.Exhausted,
                "no memory left for sockets"
            ),
            SocketError.AddressAlreadyInUse => (TcpEnding.Exhausted, $"source port in use ({path.Source})"),
            SocketError.AddressNotAvailable when !isBound => (
                TcpEnding.Unavailable,
                $"source address not on this machine ({path.Source?.Address})"
            ),
            SocketError.AddressNotAvailable when path.Source is { Port: > 0 } => (
                TcpEnding.Exhausted,
                $"source port in use ({path.Source})"
            ),
            SocketError.AddressNotAvailable when HasSourceAddress(path) => (TcpEnding.Exhausted, "no local ports left"),
            SocketError.AddressNotAvailable
            or SocketError.AddressFamilyNotSupported
            or SocketError.ProtocolFamilyNotSupported => (TcpEnding.Unavailable, "no local address to come from"),
            SocketError.AccessDenied => (TcpEnding.Unavailable, "not permitted on this machine"),
            SocketError.NetworkDown => (TcpEnding.Unavailable, "local network down"),
            _ => (TcpEnding.Unavailable, $"could not connect ({error})"),
        };
        return new(path.Target, ending, cause);
    }

    // One error for two faults: all local ports are in use, or there is no local address to come from, as for ::1 where
    // IPv6 is off. UDP has ports of its own and sends nothing to connect, so it fails in the second case only.
    private static bool HasSourceAddress(TcpPath path)
    {
        try
        {
            using Socket socket = new(path.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(path.Target);
            return true;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode != SocketError.AddressNotAvailable;
        }
    }
}
