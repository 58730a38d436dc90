using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>An address that echo requests go to, and the socket for them.</summary>
/// <param name="Address">The address.</param>
/// <param name="Socket">The socket, which is the caller's to close.</param>
internal sealed record EchoTarget(IPAddress Address, Socket Socket)
{
    /// <summary>The first address that this machine has a way to.</summary>
    /// <param name="addresses">In the order in which they are tried.</param>
    /// <param name="failure">Why there is none; null as well where there are no addresses.</param>
    public static EchoTarget? FirstOf(IEnumerable<IPAddress> addresses, out Observation? failure)
    {
        failure = null;
        foreach (IPAddress address in addresses)
        {
            Socket? socket = null;
            try
            {
                socket = EchoSocket.Open(address.AddressFamily);
                if (Descriptors.IsOfReserve(socket))
                {
                    throw new SocketException((int)SocketError.TooManyOpenSockets);
                }

                EchoSocket.Connect(socket, address);
                EchoTarget target = new(address, socket);
                socket = null;
                return target;
            }
            catch (SocketException fault)
            {
                Observation seen =
                    socket is null && fault.SocketErrorCode == SocketError.AccessDenied
                        ? Observation.Error(EchoSocket.FaultOf(address.AddressFamily) ?? "ICMP was not permitted")
                        : Read(fault.SocketErrorCode, address);
                // A fail says more: another address is one that this machine cannot try at all.
                failure = failure?.State == HealthState.Fail ? failure : seen;
            }
            finally
            {
                socket?.Dispose();
            }
        }

        return null;
    }

    /// <summary>What an error of the socket says, of the target or of this machine.</summary>
    public Observation Read(SocketError error) => Read(error, Address);

    private static Observation Read(SocketError error, IPAddress address)
    {
        TcpAttempt read = TcpFault.Read(error, new(new(address, 0), Source: null), isBound: true);
        string reason = $"{read.Cause}: {address}";
        return read.Ending == TcpEnding.Failed ? Observation.Fail(reason) : Observation.Error(reason);
    }
}
