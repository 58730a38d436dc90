using System.Globalization;

namespace Failover;

/// <summary>Judges the attempts on all addresses of a target.</summary>
internal static class TcpVerdict
{
    /// <summary>How many addresses a reason names before it only counts them.</summary>
    private const int Named = 3;

    /// <summary>The verdict where there is one address.</summary>
    public static Observation Of(TcpAttempt attempt, TimeSpan elapsed) => Of([attempt], 1, elapsed);

    /// <summary>Ok if one connected. Else an error if this machine ran out of something, as any of the others might have
    /// been up. Else fail if the target failed at one of them, although this machine has no way to another: a name with an
    /// IPv6 address, looked at from a machine without IPv6, is down when its IPv4 address is. Else an error.</summary>
    /// <param name="attempts">In the order of the addresses; those that the deadline left out are missing.</param>
    /// <param name="addresses">How many addresses there are.</param>
    /// <param name="elapsed">How long it took.</param>
    public static Observation Of(IReadOnlyList<TcpAttempt> attempts, int addresses, TimeSpan elapsed)
    {
        foreach (TcpAttempt attempt in attempts)
        {
            if (attempt.Ending == TcpEnding.Connected)
            {
                return Observation.Ok($"connected to {attempt.Target} in {Rounded(elapsed)}");
            }
        }

        TcpEnding ending =
            Has(attempts, TcpEnding.Exhausted) ? TcpEnding.Exhausted
            : Has(attempts, TcpEnding.Failed) ? TcpEnding.Failed
            : TcpEnding.Unavailable;
        string reason = Reason([.. attempts.OrderByDescending(attempt => attempt.Ending == ending)], addresses);
        return ending == TcpEnding.Failed ? Observation.Fail(reason) : Observation.Error(reason);
    }

    private static bool Has(IReadOnlyList<TcpAttempt> attempts, TcpEnding ending) =>
        attempts.Any(attempt => attempt.Ending == ending);

    private static string Reason(IReadOnlyList<TcpAttempt> attempts, int addresses)
    {
        string named = string.Join("; ", attempts.Take(Named).Select(attempt => $"{attempt.Cause}: {attempt.Target}"));
        return addresses == 1 ? named
            : attempts.Count == addresses ? $"{named} ({addresses} addresses)"
            : $"{named} ({attempts.Count} of {addresses} addresses tried)";
    }

    // Whole milliseconds as soon as that is precise to a tenth or better.
    private static string Rounded(TimeSpan elapsed) =>
        Units.Text(
            TimeSpan.FromMilliseconds(Math.Round(elapsed.TotalMilliseconds, elapsed.TotalMilliseconds < 10 ? 1 : 0))
        );
}
