using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>The result of an attempt to connect; of several, the greatest counts.</summary>
internal enum TcpEnding
{
    /// <summary>This machine cannot try such an address at all: no IPv6, no source address, not permitted. Another
    /// address of the same target may tell more.</summary>
    Unavailable,

    /// <summary>The target did not answer in time: a fail that rests on elapsed time.</summary>
    TimedOut,

    /// <summary>The target, or the way to it, is down.</summary>
    Failed,

    /// <summary>This machine ran out of something: nothing is known of this address.</summary>
    Exhausted,

    /// <summary>The target accepted.</summary>
    Connected,
}

/// <summary>One attempt to connect to one address.</summary>
/// <param name="Target">The address.</param>
/// <param name="Ending">Its result.</param>
/// <param name="Cause">Why it did not connect, in a few stable words; empty where it did.</param>
/// <param name="Socket">The connection, which is the caller's to close; null where it did not connect.</param>
internal readonly record struct TcpAttempt(IPEndPoint Target, TcpEnding Ending, string Cause, Socket? Socket = null)
{
    /// <summary>Cause and address.</summary>
    public string Reason => $"{Cause}: {Target}";

    /// <summary>Why it did not connect.</summary>
    public AddressFault Fault => new(Ending, Reason);

    /// <summary>Connects. A socket that did not connect is closed.</summary>
    /// <param name="path">Where to, and where from.</param>
    /// <param name="close">How the connection will be given up.</param>
    /// <param name="deadline">Ends the attempt as timed out, unless the target has answered by then.</param>
    public static async Task<TcpAttempt> RunAsync(TcpPath path, TcpClose close, CancellationToken deadline)
    {
        bool isBound = false;
        Socket? socket = null;
        try
        {
            socket = new(path.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (Descriptors.IsOfReserve(socket))
            {
                return TcpFault.Read(SocketError.TooManyOpenSockets, path, isBound);
            }

            TcpSocketOptions.Apply(socket, path, close);
            if (path.Source is not null)
            {
                socket.Bind(path.Source);
            }

            isBound = true;
            using TcpConnect connect = new(socket, path.Target);
            SocketError error = await connect.RunAsync(deadline);
            if (error != SocketError.Success)
            {
                return connect.IsTimedOut ? TimedOut(path) : TcpFault.Read(error, path, isBound);
            }

            if (socket.LocalEndPoint is IPEndPoint local && IsSelf(local, path.Target))
            {
                return ToItself(path);
            }

            TcpAttempt connected = new(path.Target, TcpEnding.Connected, "", socket);
            socket = null;
            return connected;
        }
        catch (SocketException fault)
        {
            return TcpFault.Read(fault.SocketErrorCode, path, isBound);
        }
        catch (ObjectDisposedException)
        {
            // The deadline closed the socket while the connection was being checked.
            return TimedOut(path);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>The target did not answer.</summary>
    public static TcpAttempt TimedOut(TcpPath path) => new(path.Target, TcpEnding.TimedOut, "timed out");

    /// <summary>The connection is no word of the target's.</summary>
    public static TcpAttempt ToItself(TcpPath path) => new(path.Target, TcpEnding.Failed, "connected to itself");

    /// <summary>Whether a connection leads from a socket to the same one.</summary>
    // On loopback the system may choose the very port as local port, on which no process listens; two SYNs that cross connect
    // (RFC 9293, 3.5: simultaneous open). A target of 0.0.0.0 or :: is this machine.
    public static bool IsSelf(IPEndPoint local, IPEndPoint target) =>
        local.Port == target.Port
        && (
            local.Address.Equals(target.Address)
            || target.Address.Equals(IPAddress.Any)
            || target.Address.Equals(IPAddress.IPv6Any)
        );
}
