namespace Failover;

/// <summary>Why one address of a target is not ok.</summary>
/// <param name="Ending">The result of the attempt on it.</param>
/// <param name="Reason">For people: the cause, and the address.</param>
internal readonly record struct AddressFault(TcpEnding Ending, string Reason)
{
    /// <summary>That of an observation of the address. Where that is an error, nothing is known of the address.</summary>
    public static AddressFault Of(Observation seen) =>
        new(
            seen.State == HealthState.Error ? TcpEnding.Exhausted
                : seen.IsTimeout ? TcpEnding.TimedOut
                : TcpEnding.Failed,
            seen.Reason
        );

    /// <summary>The verdict where there is no other address.</summary>
    public Observation Verdict =>
        Ending switch
        {
            TcpEnding.Failed => Observation.Fail(Reason),
            TcpEnding.TimedOut => Observation.TimedOut(Reason),
            TcpEnding.Unavailable or TcpEnding.Exhausted => Observation.Error(Reason),
            _ => throw new InvalidOperationException($"no fault: {Ending}"),
        };
}
