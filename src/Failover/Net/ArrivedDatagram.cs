using System.Net.Sockets;

namespace Failover;

/// <summary>A datagram that has come in and was not received yet, as when a deadline passes while this process is paused.</summary>
internal static class ArrivedDatagram
{
    /// <summary>Receives it, and waits for none.</summary>
    /// <remarks>That poll(2) tells of one does not make sure that there is one: its checksum is verified when it is received, and it is
    /// dropped where that is wrong (select(2), BUGS).</remarks>
    /// <param name="socket">One that does not block.</param>
    /// <param name="buffer">Takes it.</param>
    /// <returns>Its length; null where there is none.</returns>
    /// <exception cref="SocketException">An error of an earlier datagram has come instead.</exception>
    public static int? Take(Socket socket, byte[] buffer)
    {
        try
        {
            return socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? socket.Receive(buffer) : null;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.WouldBlock)
        {
            return null;
        }
    }
}
