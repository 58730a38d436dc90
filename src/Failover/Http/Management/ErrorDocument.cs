namespace Failover;

/// <summary>Why a request of the management API was not answered with what it asked for.</summary>
/// <param name="Error">In one sentence.</param>
internal sealed record ErrorDocument(string Error);
