using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Failover;

/// <summary>The sockets of a TCP address: bound, and not listened on yet.</summary>
internal static class TcpSockets
{
    // See Listener: what a client sends stays here while its request waits.
    private const int KernelBuffer = 64 * 1024;

    // A free port of one family may be taken in the other.
    private const int MostAttempts = 20;

    /// <summary>Binds the sockets of an address: two for <c>localhost</c>, one for any other. What the service manager has opened is
    /// used as it is.</summary>
    /// <exception cref="SocketException">One of them cannot be bound; then none is.</exception>
    public static async Task<ImmutableArray<Socket>> BindAsync(
        ListenAddress address,
        InheritedSockets inherited,
        CancellationToken cancellationToken
    )
    {
        if (address.IsLocalhost)
        {
            return BindLocalhost(address, inherited);
        }

        IPAddress host =
            address.Host is { } named ? await ResolveAsync(named, cancellationToken)
            : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any
            : IPAddress.Any;
        return [Bind(new IPEndPoint(host, address.Port), address, inherited)];
    }

    // On a machine with one family only, localhost is the address of that one.
    private static ImmutableArray<Socket> BindLocalhost(ListenAddress address, InheritedSockets inherited)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = address.Port;
            List<Socket> bound = [];
            SocketException? missing = null;
            try
            {
                foreach (IPAddress host in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
                {
                    try
                    {
                        bound.Add(Bind(new IPEndPoint(host, port), address, inherited));
                        port = ((IPEndPoint)bound[^1].LocalEndPoint!).Port;
                    }
                    catch (SocketException fault) when (IsWithoutFamily(fault))
                    {
                        missing = fault;
                    }
                }

                return bound.Count > 0 ? [.. bound] : throw missing!;
            }
            catch (SocketException fault)
            {
                bound.ForEach(socket => socket.Dispose());
                bool isOtherPortPossible =
                    address.Port == 0 && fault.SocketErrorCode == SocketError.AddressAlreadyInUse;
                if (!isOtherPortPossible || attempt == MostAttempts)
                {
                    throw;
                }
            }
        }
    }

    private static bool IsWithoutFamily(SocketException fault) =>
        fault.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;

    // Accepted connections inherit the sizes (tcp(7), sk_clone_lock in the kernel), and the kernel no longer lets them grow.
    private static Socket Bind(IPEndPoint endPoint, ListenAddress address, InheritedSockets inherited)
    {
        bool isForBoth = address.Host is null;
        // The default takes [::] for all addresses, IPv4 included. As in nginx, [::] is IPv6 alone, and * is both.
        Socket bound =
            inherited.Take(endPoint, isForBoth)
            ?? (
                !isForBoth && endPoint.AddressFamily == AddressFamily.InterNetworkV6
                    ? BindIPv6Only(endPoint)
                    : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint)
            );
        bound.ReceiveBufferSize = KernelBuffer;
        bound.SendBufferSize = KernelBuffer;
        return bound;
    }

    private static Socket BindIPv6Only(EndPoint endPoint)
    {
        Socket bound = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = false };
        try
        {
            bound.Bind(endPoint);
            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out IPAddress? literal)
            ? literal
            : (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];
}
