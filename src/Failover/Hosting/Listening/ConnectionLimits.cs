namespace Failover;

/// <summary>How many connections are wanted of each kind.</summary>
/// <param name="Max">Pollers over TCP; null: as many as descriptors allow, at most 16,384.</param>
/// <param name="MaxUnix">Clients of Unix sockets; null: at most 1,024, and an eighth of what descriptors allow.</param>
/// <param name="MaxManagement">Clients of the management address; null: at most 256, and an eighth.</param>
/// <param name="FirstByteTimeout">How long a client may take for its first byte.</param>
internal sealed record ConnectionLimits(
    long? Max = null,
    long? MaxUnix = null,
    long? MaxManagement = null,
    TimeSpan? FirstByteTimeout = null
)
{
    /// <summary>As long as a head may take.</summary>
    public static TimeSpan DefaultFirstByteTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection stays open between two requests.</summary>
    public static TimeSpan KeepAlive { get; } = TimeSpan.FromSeconds(65);
}
