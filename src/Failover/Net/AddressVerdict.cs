namespace Failover;

/// <summary>Judges a target none of whose addresses is ok, whatever it was asked by.</summary>
/// <remarks>Kept plain on purpose: where descriptors have run out the runtime cannot load another of its own assemblies,
/// and what needs one breaks at the very moment at which it should say so.</remarks>
internal static class AddressVerdict
{
    /// <summary>How many addresses a reason names before it only counts them.</summary>
    private const int Named = 3;

    /// <summary>An error if this machine ran out of something, as any of the others might have been up. Else fail if the target failed at
    /// one of them, although this machine has no way to another: a name with an IPv6 address, probed from a machine without IPv6, is
    /// down when its IPv4 address is. Else an error.</summary>
    /// <remarks>A fail rests on elapsed time if at least one address had no time left to answer, or to be tried.</remarks>
    /// <param name="faults">One or more, in the order of the addresses; those that the deadline left out are missing.</param>
    /// <param name="addresses">How many addresses there are.</param>
    public static Observation Of(IReadOnlyList<AddressFault> faults, int addresses)
    {
        int deciding = 0;
        bool isShortOfTime = faults.Count < addresses;
        for (int i = 0; i < faults.Count; i++)
        {
            isShortOfTime |= faults[i].Ending == TcpEnding.TimedOut;
            deciding = faults[i].Ending > faults[deciding].Ending ? i : deciding;
        }

        Observation verdict = faults[deciding].Verdict;
        if (addresses == 1)
        {
            return verdict;
        }

        string reason = Reason(faults, deciding, addresses);
        return verdict.State == HealthState.Error ? Observation.Error(reason)
            : isShortOfTime ? Observation.TimedOut(reason)
            : Observation.Fail(reason);
    }

    private static string Reason(IReadOnlyList<AddressFault> faults, int deciding, int addresses)
    {
        string reason = faults[deciding].Reason;
        int named = 1;
        for (int i = 0; i < faults.Count && named < Named; i++)
        {
            if (i != deciding)
            {
                reason = $"{reason}; {faults[i].Reason}";
                named++;
            }
        }

        return faults.Count == addresses
            ? $"{reason} ({addresses} addresses)"
            : $"{reason} ({faults.Count} of {addresses} addresses tried)";
    }
}
