namespace Failover.Simulation;

/// <summary>Plays histories, and says which breaks a promise.</summary>
public static class Trials
{
    /// <summary>Plays histories until one breaks a promise.</summary>
    /// <returns>After how many, and which promise; null where none did.</returns>
    public static (int Histories, string Invariant)? FirstBroken(int seed, int histories)
    {
        for (int i = 0; i < histories; i++)
        {
            if (Failure(History.Of(seed + i)) is { } broken)
            {
                return (i + 1, broken is InvariantViolation promise ? promise.Invariant : broken.GetType().Name);
            }
        }

        return null;
    }

    /// <summary>What a history comes to; null where all promises hold.</summary>
    internal static Exception? Failure(History history)
    {
        try
        {
            World.Play(history);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, it is what the simulation is for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    /// <summary>The smallest history found that breaks the same promise, as a trace.</summary>
    internal static string SmallestTrace(History history) => Trace.Of(Shrinker.Shrink(history));
}
