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
    public static EchoTarget? FirstOf(IReadOnlyList<IPAddress> addresses, out Observation? failure)
    {
        failure = null;
        List<AddressFault> faults = [];
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
                faults.Add(
                    socket is null && fault.SocketErrorCode == SocketError.AccessDenied
                        ? new(
                            TcpEnding.Unavailable,
                            EchoSocket.FaultOf(address.AddressFamily) ?? "ICMP was not permitted"
                        )
                        : Read(fault.SocketErrorCode, address)
                );
            }
            finally
            {
                socket?.Dispose();
            }
        }

        failure = faults.Count > 0 ? AddressVerdict.Of(faults, addresses.Count) : null;
        return null;
    }

    /// <summary>What an error of the socket says, of the target or of this machine.</summary>
    public Observation Read(SocketError error) => Read(error, Address).Verdict;

    private static AddressFault Read(SocketError error, IPAddress address)
    {
        TcpAttempt read = TcpFault.Read(error, new(new(address, 0), Source: null), isBound: true);
        return new(read.Ending, $"{read.Cause}: {address}");
    }
}
