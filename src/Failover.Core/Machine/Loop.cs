namespace Failover;

/// <summary>When a background loop takes its turns: at most one at a time.</summary>
/// <param name="schedule">How it is described.</param>
/// <param name="index">Which loop it is, of all.</param>
/// <param name="process">The identifier of this process: loops of others have other jitter.</param>
internal sealed class Loop(TurnSchedule schedule, int index, string process)
{
    // Multiples of the golden ratio's fraction fill an interval evenly, however many there are.
    private const double GoldenFraction = 0.618033988749895;

    private readonly double firstJitter = FractionOf(process) + (index * GoldenFraction);
    private long turns;

    public TurnSchedule Schedule => schedule;

    public int Index => index;

    /// <summary>From the start of one turn to the start of the next, as it is in force.</summary>
    public TimeSpan Interval { get; set; } = schedule.Interval;

    /// <summary>An interval for the first loop, and less for the others: never two turns further apart than the interval, and never
    /// all at one moment.</summary>
    public TimeSpan SecondTurnAfter => schedule.Interval * (1 - (index * GoldenFraction % 1));

    /// <summary>When its newest turn began.</summary>
    public Instant Started { get; set; }

    /// <summary>When its next turn would be due without jitter.</summary>
    public Instant Beat { get; set; }

    /// <summary>When its next turn is due; null before the first.</summary>
    public Instant? NextTurn { get; set; }

    public bool IsRunning { get; set; }

    /// <summary>Whether a turn of it has ended.</summary>
    public bool HasTurned { get; set; }

    /// <summary>Whether a turn became due while one ran: it follows at once.</summary>
    public bool IsLate { get; set; }

    /// <summary>Whether its turn holds a slot of those that first turns share.</summary>
    public bool HoldsSlot { get; set; }

    /// <summary>How much later the next turn is; spread evenly, and the same in each run of one process.</summary>
    public TimeSpan NextJitter() => schedule.Jitter * ((firstJitter + (++turns * GoldenFraction)) % 1);

    private static double FractionOf(string text)
    {
        // FNV-1a, 32 bits: string.GetHashCode differs from run to run.
        uint hash = 2_166_136_261;
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * 16_777_619;
        }

        return hash / (double)uint.MaxValue;
    }
}
