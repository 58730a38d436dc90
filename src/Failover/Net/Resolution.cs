using System.Net;

namespace Failover;

/// <summary>What came of looking up a name.</summary>
/// <param name="Addresses">In the order in which they should be tried; empty where there is a cause.</param>
/// <param name="Cause">Why there are none, in a few stable words.</param>
internal readonly record struct Resolution(IPAddress[] Addresses, string? Cause = null)
{
    /// <summary>Whether the cause lies in this machine and says nothing about the name.</summary>
    public bool IsLocalFault { get; private init; }

    /// <summary>Whether the cause is, or may be, that no answer came in time.</summary>
    public bool IsTimeout { get; private init; }

    /// <summary>The name's servers answered that there is no address.</summary>
    public static Resolution Failed(string cause) => new([], cause);

    /// <summary>The name's servers did not answer in time.</summary>
    public static Resolution TimedOut(string cause) => new([], cause) { IsTimeout = true };

    /// <summary>This machine could not ask.</summary>
    public static Resolution Faulted(string cause) => new([], cause) { IsLocalFault = true };

    /// <summary>The verdict on a target without addresses.</summary>
    public Observation Verdict(string host)
    {
        string reason = $"{Cause}: {host}";
        return IsLocalFault ? Observation.Error(reason)
            : IsTimeout ? Observation.TimedOut(reason)
            : Observation.Fail(reason);
    }
}
