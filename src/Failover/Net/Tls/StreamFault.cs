using System.Net.Sockets;
using System.Security.Authentication;

namespace Failover;

/// <summary>What the failure of a connection says: something about the target, or only about this machine.</summary>
internal static class StreamFault
{
    private const int LongestCause = 100;

    /// <summary>The verdict.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="phases">Says where the probe was.</param>
    /// <param name="target">Where the connection leads to, for people.</param>
    public static Observation Read(Exception fault, PhaseTimes phases, string target) =>
        fault switch
        {
            OperationCanceledException => phases.TimedOut(target),
            _ when SocketFaultOf(fault) is { } socket => OfSocket(socket, phases, target),
            EndOfStreamException => Observation.Fail($"connection closed {phases.InPhase}: {target}"),
            AuthenticationException => Observation.Fail(
                $"TLS handshake failed, {OfTls(fault.GetBaseException())}: {target}"
            ),
            // What TLS 1.3 has the server say after its handshake: that it wanted a certificate of the client's.
            IOException when fault.GetBaseException() is not IOException => Observation.Fail(
                $"TLS failed {phases.InPhase}, {OfTls(fault.GetBaseException())}: {target}"
            ),
            // SslStream does not say it in another way.
            IOException => Observation.Fail($"connection closed {phases.InPhase}: {target}"),
            // No connection throws it: it says nothing about the target.
            _ => Observation.Error(
                $"could not go on {phases.InPhase} ({fault.GetType().Name}, {Cause(fault.Message)}): {target}"
            ),
        };

    private static Observation OfSocket(SocketError error, PhaseTimes phases, string target) =>
        error switch
        {
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => Observation.Fail(
                $"connection reset {phases.InPhase}: {target}"
            ),
            SocketError.TimedOut => Observation.TimedOut($"timed out {phases.InPhase}: {target}"),
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown => Observation.Fail(
                $"unreachable {phases.InPhase}: {target}"
            ),
            _ => Observation.Error($"could not go on {phases.InPhase} ({error}): {target}"),
        };

    private static SocketError? SocketFaultOf(Exception fault)
    {
        for (Exception? one = fault; one is not null; one = one.InnerException)
        {
            if (one is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }

    // error:0A000410:SSL routines::ssl/tls alert handshake failure
    private static string OfTls(Exception fault)
    {
        string message = fault.Message;
        if (
            message.Contains("frame size", StringComparison.Ordinal)
            || message.Contains("wrong version number", StringComparison.Ordinal)
            || message.Contains("packet length too long", StringComparison.Ordinal)
        )
        {
            return "the target does not speak TLS";
        }

        int last = message.LastIndexOf("::", StringComparison.Ordinal);
        return Cause(last < 0 ? message : message[(last + 2)..]);
    }

    private static string Cause(string message) =>
        Printable.Escape(message.ReplaceLineEndings(" ").TrimEnd('.', ' '), LongestCause);
}
