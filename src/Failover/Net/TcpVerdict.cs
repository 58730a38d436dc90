namespace Failover;

/// <summary>Judges the attempts on the addresses of a target.</summary>
/// <remarks>Kept plain on purpose: where descriptors have run out the runtime cannot load another of its own assemblies,
/// and what needs one breaks at the very moment at which it should say so.</remarks>
internal static class TcpVerdict
{
    /// <summary>How many addresses a reason names before it only counts them.</summary>
    private const int Named = 3;

    /// <summary>The verdict where there is one address.</summary>
    public static Dialed Of(TcpAttempt attempt) =>
        attempt.Socket is { } socket ? new(socket, attempt.Target)
        : attempt.Ending == TcpEnding.Failed ? new(Observation.Fail(attempt.Reason))
        : attempt.Ending == TcpEnding.TimedOut ? new(Observation.TimedOut(attempt.Reason))
        : new(Observation.Error(attempt.Reason));

    /// <summary>The connection if one connected. Else an error if this machine ran out of something, as any of the others might have
    /// been up. Else fail if the target failed at one of them, although this machine has no way to another: a name with an
    /// IPv6 address, probed from a machine without IPv6, is down when its IPv4 address is. Else an error.</summary>
    /// <remarks>A fail rests on elapsed time if at least one address had no time left to answer, or to be tried.</remarks>
    /// <param name="attempts">One or more, in the order of the addresses; those that the deadline left out are missing.</param>
    /// <param name="addresses">How many addresses there are.</param>
    public static Dialed Of(IReadOnlyList<TcpAttempt> attempts, int addresses)
    {
        TcpAttempt deciding = attempts[0];
        bool isShortOfTime = attempts.Count < addresses;
        foreach (TcpAttempt attempt in attempts)
        {
            isShortOfTime |= attempt.Ending == TcpEnding.TimedOut;
            if (attempt.Ending > deciding.Ending)
            {
                deciding = attempt;
            }
        }

        Dialed dialed = Of(deciding);
        if (dialed.IsConnected || addresses == 1)
        {
            return dialed;
        }

        string reason = Reason(attempts, deciding, addresses);
        return dialed.Failure.State == HealthState.Error ? new(Observation.Error(reason))
            : isShortOfTime ? new(Observation.TimedOut(reason))
            : new(Observation.Fail(reason));
    }

    private static string Reason(IReadOnlyList<TcpAttempt> attempts, TcpAttempt deciding, int addresses)
    {
        string reason = deciding.Reason;
        int named = 1;
        foreach (TcpAttempt attempt in attempts)
        {
            if (named < Named && attempt != deciding)
            {
                reason = $"{reason}; {attempt.Reason}";
                named++;
            }
        }

        return attempts.Count == addresses
            ? $"{reason} ({addresses} addresses)"
            : $"{reason} ({attempts.Count} of {addresses} addresses tried)";
    }
}
