using System.Net.Sockets;

namespace Failover;

/// <summary>Connects to a Unix socket.</summary>
internal static class UnixConnect
{
    /// <summary>Connects. Never throws: what keeps it from connecting is an outcome.</summary>
    /// <param name="path">Where the socket is.</param>
    /// <param name="phases">Takes how long it lasts.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <returns>A connection, which is the caller's to close, or why there is none.</returns>
    public static async ValueTask<Dialed> DialAsync(string path, PhaseTimes phases, CancellationToken deadline)
    {
        phases.Begin(ProbePhase.Connect);
        Socket? socket = null;
        try
        {
            socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            if (Descriptors.IsOfReserve(socket))
            {
                return new(Observation.Error($"no descriptors left: {path}"));
            }

            UnixDomainSocketEndPoint target = new(path);
            await socket.ConnectAsync(target, deadline);
            Dialed connected = new(socket, target);
            socket = null;
            return connected;
        }
        catch (OperationCanceledException)
        {
            return new(phases.TimedOut(path));
        }
        catch (SocketException fault)
        {
            return new(Read(fault.SocketErrorCode, path));
        }
        catch (ArgumentOutOfRangeException)
        {
            // unix(7): 108 bytes, the ending NUL included.
            return new(Observation.Error($"longer than the path of a socket may be: {path}"));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    // ENOENT has no name of its own among these: it is "address not available".
    private static Observation Read(SocketError error, string path) =>
        error switch
        {
            SocketError.AddressNotAvailable => Observation.Fail($"no such socket: {path}"),
            SocketError.ConnectionRefused => Observation.Fail($"refused: {path}"),
            // Its queue is full (unix(7), EAGAIN).
            SocketError.WouldBlock => Observation.Fail($"refused, its queue is full: {path}"),
            SocketError.AccessDenied => Observation.Error($"not permitted on this machine: {path}"),
            SocketError.TooManyOpenSockets => Observation.Error($"no descriptors left: {path}"),
            _ => Observation.Error($"could not connect ({error}): {path}"),
        };
}
