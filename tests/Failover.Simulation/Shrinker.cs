namespace Failover.Simulation;

/// <summary>Finds a smaller history that breaks the same promise.</summary>
internal static class Shrinker
{
    public static History Shrink(History failing)
    {
        string? broken = Kind(failing);
        bool isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            for (int size = Math.Max(1, failing.Steps.Count / 2); size >= 1; size /= 2)
            {
                for (int at = 0; at + size <= failing.Steps.Count; )
                {
                    History shorter = failing with
                    {
                        Steps = [.. failing.Steps.Take(at), .. failing.Steps.Skip(at + size)],
                    };
                    if (Kind(shorter) == broken)
                    {
                        failing = shorter;
                        isSmaller = true;
                    }
                    else
                    {
                        at += size;
                    }
                }
            }

            for (int i = failing.Start.Components.Length - 1; i >= 0 && failing.Start.Components.Length > 1; i--)
            {
                History smaller = failing with
                {
                    Start = failing.Start with { Components = failing.Start.Components.RemoveAt(i) },
                };
                if (Kind(smaller) == broken)
                {
                    failing = smaller;
                    isSmaller = true;
                }
            }
        }

        return failing;
    }

    private static string? Kind(History history) =>
        Trials.Failure(history) switch
        {
            null => null,
            InvariantViolation broken => broken.Invariant,
            var other => other.GetType().Name,
        };
}
