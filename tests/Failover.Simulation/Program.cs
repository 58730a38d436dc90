using System.Diagnostics;
using System.Globalization;

namespace Failover.Simulation;

/// <summary>Plays any number of histories: <c>./build.sh soak</c>.</summary>
internal static class Program
{
    // To play a history with and without the other components takes about as long as two.
    private const int HistoriesToAPair = 10;

    private const string Usage = """
        Usage: ./build.sh soak [--histories N] [--seed S] [--minutes M]

          --histories N   how many histories are played; 1000000 unless it is given
          --seed S        the seed of the first; the next has the next number; 1 unless it is given
          --minutes M     ends after so many minutes in any case

        Plays random histories against the machine until one breaks a promise; tells that one as small as it can be made, and ends
        with 1. A trace can be played again: --replay FILE.
        """;

    public static int Main(string[] arguments)
    {
        if (arguments is ["--replay", var file])
        {
            Console.Write(Replay.Of(File.ReadAllText(file)));
            return 0;
        }

        if (Parse(arguments) is not var (histories, seed, minutes))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        return Play(histories, seed, minutes);
    }

    private static (long Histories, int Seed, double Minutes)? Parse(string[] arguments)
    {
        (long histories, int seed, double minutes) = (1_000_000, 1, double.PositiveInfinity);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            bool isTaken = arguments[i] switch
            {
                "--histories" => long.TryParse(value, CultureInfo.InvariantCulture, out histories) && histories > 0,
                "--seed" => int.TryParse(value, CultureInfo.InvariantCulture, out seed),
                "--minutes" => double.TryParse(value, CultureInfo.InvariantCulture, out minutes) && minutes > 0,
                _ => false,
            };
            if (!isTaken)
            {
                return null;
            }
        }

        return (histories, seed, minutes);
    }

    private static string? Mixed(int seed) => Isolation.Difference(seed) ?? OverrideIsolation.Difference(seed);

    private static int Play(long histories, int seed, double minutes)
    {
        long started = Stopwatch.GetTimestamp();
        long played = 0;
        long told = 0;
        int broken = int.MaxValue;
        int? mixed = null;
        Lock gate = new();
        Parallel.For(
            0,
            histories,
            (i, state) =>
            {
                History history = History.Of(unchecked(seed + (int)i));
                bool isBroken = Trials.Failure(history) is not null;
                string? difference = i % HistoriesToAPair == 0 ? Mixed(history.Seed) : null;
                lock (gate)
                {
                    broken = isBroken ? Math.Min(broken, history.Seed) : broken;
                    TimeSpan passed = Stopwatch.GetElapsedTime(started);
                    if (++played - told >= 10_000 && !Console.IsErrorRedirected)
                    {
                        told = played;
                        Console.Error.Write($"\r{played} of {histories} histories ");
                    }

                    if (difference is not null)
                    {
                        mixed = history.Seed;
                    }

                    if (isBroken || difference is not null || passed.TotalMinutes > minutes)
                    {
                        state.Stop();
                    }
                }
            }
        );
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{played} histories from seed {seed} in {seconds:0.0} s, {played / seconds:0} a second"
            )
        );
        if (mixed is { } both)
        {
            Console.Error.WriteLine($"seed {both}: a component is changed by others, or by overrides:\n{Mixed(both)}");
        }

        if (broken == int.MaxValue)
        {
            return mixed is null ? 0 : 1;
        }

        Console.Error.WriteLine($"seed {broken} breaks a promise:\n{Trials.SmallestTrace(History.Of(broken))}");
        return 1;
    }
}
