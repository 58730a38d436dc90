using System.Globalization;

namespace Failover;

/// <summary>Judges the attempts on the addresses of a target.</summary>
/// <remarks>Kept plain on purpose: where descriptors have run out the runtime cannot load another of its own assemblies,
/// and what needs one breaks at the very moment at which it should say so.</remarks>
internal static class TcpVerdict
{
    /// <summary>How many addresses a reason names before it only counts them.</summary>
    private const int Named = 3;

    /// <summary>The verdict where there is one address.</summary>
    public static Observation Of(TcpAttempt attempt, TimeSpan elapsed) =>
        attempt.Ending == TcpEnding.Connected ? Observation.Ok($"connected to {attempt.Target} in {Rounded(elapsed)}")
        : attempt.Ending == TcpEnding.Failed ? Observation.Fail(attempt.Reason)
        : attempt.Ending == TcpEnding.TimedOut ? Observation.TimedOut(attempt.Reason)
        : Observation.Error(attempt.Reason);

    /// <summary>Ok if one connected. Else an error if this machine ran out of something, as any of the others might have
    /// been up. Else fail if the target failed at one of them, although this machine has no way to another: a name with an
    /// IPv6 address, looked at from a machine without IPv6, is down when its IPv4 address is. Else an error.</summary>
    /// <remarks>A fail rests on elapsed time if at least one address had no time left to answer, or to be tried.</remarks>
    /// <param name="attempts">One or more, in the order of the addresses; those that the deadline left out are missing.</param>
    /// <param name="addresses">How many addresses there are.</param>
    /// <param name="elapsed">How long it took.</param>
    public static Observation Of(IReadOnlyList<TcpAttempt> attempts, int addresses, TimeSpan elapsed)
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

        Observation seen = Of(deciding, elapsed);
        if (seen.State == HealthState.Ok || addresses == 1)
        {
            return seen;
        }

        string reason = Reason(attempts, deciding, addresses);
        return seen.State == HealthState.Error ? Observation.Error(reason)
            : isShortOfTime ? Observation.TimedOut(reason)
            : Observation.Fail(reason);
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

    // Whole milliseconds as soon as that is precise to a tenth or better.
    private static string Rounded(TimeSpan elapsed) =>
        Units.Text(
            TimeSpan.FromMilliseconds(Math.Round(elapsed.TotalMilliseconds, elapsed.TotalMilliseconds < 10 ? 1 : 0))
        );
}
