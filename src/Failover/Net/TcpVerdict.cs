namespace Failover;

/// <summary>Judges the attempts to connect to the addresses of a target. Kept as plain as <see cref="AddressVerdict"/>.</summary>
internal static class TcpVerdict
{
    /// <summary>The verdict where there is one address.</summary>
    public static Dialed Of(TcpAttempt attempt) =>
        attempt.Socket is { } socket ? new(socket, attempt.Target) : new(attempt.Fault.Verdict);

    /// <summary>The first connection if one connected; else why there is none (<see cref="AddressVerdict"/>).</summary>
    /// <param name="attempts">One or more, in the order of the addresses; those that the deadline left out are missing.</param>
    /// <param name="addresses">How many addresses there are.</param>
    public static Dialed Of(IReadOnlyList<TcpAttempt> attempts, int addresses)
    {
        AddressFault[] faults = new AddressFault[attempts.Count];
        for (int i = 0; i < faults.Length; i++)
        {
            if (attempts[i].Socket is { } socket)
            {
                return new(socket, attempts[i].Target);
            }

            faults[i] = attempts[i].Fault;
        }

        return new(AddressVerdict.Of(faults, addresses));
    }
}
