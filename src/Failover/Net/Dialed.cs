using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>What came of dialing: a connection, or why there is none.</summary>
internal readonly record struct Dialed : IDisposable
{
    public Dialed(Socket socket, EndPoint target) => (Socket, Target) = (socket, target);

    public Dialed(Observation failure) => Failure = failure;

    [MemberNotNullWhen(true, nameof(Socket), nameof(Target))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsConnected => Socket is not null;

    /// <summary>The connection, to be closed by whoever dialed.</summary>
    public Socket? Socket { get; }

    /// <summary>The address that accepted.</summary>
    public EndPoint? Target { get; }

    /// <summary>Why there is no connection: a fail where the target did not answer or refused, an error where this machine kept it from
    /// telling.</summary>
    public Observation? Failure { get; }

    /// <summary>Closes the connection, if there is one.</summary>
    public void Dispose() => Socket?.Dispose();
}
