using System.Net.Sockets;

namespace Failover;

/// <summary>What came of the echo requests of one probe.</summary>
/// <param name="count">How many there are.</param>
internal sealed class EchoResult(int count)
{
    private readonly TimeSpan?[] trips = new TimeSpan?[count];

    /// <summary>How long the round trip of each reply took, in the order of the requests.</summary>
    public IEnumerable<TimeSpan> Trips => trips.OfType<TimeSpan>();

    /// <summary>How many requests were reported as not to be delivered.</summary>
    public int Unreachable { get; set; }

    /// <summary>Why this machine could not send; null: it could.</summary>
    public SocketError? Fault { get; set; }

    /// <summary>Takes a reply, unless it is a second one to the same request.</summary>
    public void Add(int sequence, TimeSpan trip) => trips[sequence] ??= trip;
}
