namespace Failover.Simulation;

/// <summary>What people do about overrides, among what else happens. It has a random source of its own: what else happens is the same
/// without it.</summary>
internal static class OverrideStories
{
    // Of so many histories one is about overrides.
    private const int HistoriesToOne = 3;

    private const int Hour = 3_600_000;

    public static bool AreIn(int seed) => seed % HistoriesToOne == 1;

    /// <summary>The steps, with others between them.</summary>
    public static List<SimulationEvent> Among(IEnumerable<SimulationEvent> steps, int seed)
    {
        Random random = new(seed);
        List<SimulationEvent> all = [];
        foreach (SimulationEvent step in steps)
        {
            all.Add(step);
            while (random.Next(3) == 0)
            {
                all.Add(Any(random));
            }
        }

        return all;
    }

    private static SimulationEvent Any(Random random) =>
        random.Next(100) switch
        {
            < 75 => Operation(random),
            < 82 => new Post(random.Next(4)) { Seen = AnySeen(random) },
            < 86 => new Pass(random.Next(30, 120) * 1000),
            < 88 => new Freeze(random.Next(1, 12) * (Hour / 4)),
            < 91 => new SetClock(random.Next(-100, 100)),
            _ => new Crash(
                random.Next(8),
                random.Next(3) == 0 ? 2 * Hour : random.Next(1, 10_000),
                random.Next(3) == 0 ? Remains.InFlight : Remains.Acknowledged
            ),
        };

    /// <summary>Sets or clears an override, or forgets latches.</summary>
    public static SimulationEvent Operation(Random random) =>
        random.Next(15) switch
        {
            < 2 => new ForgetLatches(random.Next(6)) { Seen = AnySeen(random) },
            < 5 => new ClearOverride(random.Next(6)) { Seen = AnySeen(random) },
            _ => Set(random),
        };

    public static SetOverride Set(Random random) =>
        new(
            random.Next(4),
            random.Next(7) switch
            {
                < 3 => OverrideKind.Ok,
                < 5 => OverrideKind.Hold,
                _ => OverrideKind.Fail,
            },
            random.Next(4) switch
            {
                < 2 => random.Next(1, 300) * 100,
                2 => random.Next(30, 600) * 1000,
                _ => random.Next(1, 5) * Hour,
            }
        )
        {
            MayHideLatch = random.Next(2) == 0,
            Seen = AnySeen(random),
        };

    private static Seen AnySeen(Random random) =>
        random.Next(6) switch
        {
            0 => Seen.Now,
            1 => Seen.Earlier,
            _ => Seen.Whatever,
        };
}
