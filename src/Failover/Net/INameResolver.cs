using System.Net;

namespace Failover;

/// <summary>What finds the addresses of a name: the system, or a name server of the check's own.</summary>
internal interface INameResolver
{
    /// <summary>The addresses of a host, in the order in which they should be tried.</summary>
    /// <param name="host">A name.</param>
    /// <param name="family">Those that are wanted; others may be among them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deadline">Ends the wait.</param>
    /// <returns>Never throws: a deadline that passed is an outcome too.</returns>
    ValueTask<Resolution> ResolveAsync(string host, IpFamily family, TimeProvider time, CancellationToken deadline);

    /// <summary>Takes the address, of those that it has found, that answered.</summary>
    void Reached(IPAddress address) { }
}
