namespace Failover;

/// <summary>Where a request of the management API came in, and who may use it there. A feature of the request.</summary>
/// <param name="Address">The address that is listened on.</param>
/// <param name="Access">Who may what.</param>
/// <param name="IsInForce">Whether that still holds; a stream ends when it does not.</param>
internal sealed record ManagementCall(ListenAddress Address, ManagementAccess Access, Func<bool> IsInForce)
{
    /// <summary>How many streams of events may be open: some connections are for whoever asks for something else.</summary>
    public int MostStreams { get; init; } = EventsEndpoint.MostStreams;

    /// <summary>A call whose terms never change.</summary>
    public static ManagementCall At(ListenAddress address, ManagementAccess access) => new(address, access, () => true);
}
