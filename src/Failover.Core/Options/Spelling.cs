namespace Failover;

/// <summary>Suggests a correct spelling.</summary>
internal static class Spelling
{
    /// <summary>The accepted word that is nearest to <paramref name="got"/>; null where none is near: at most one slip
    /// in three letters.</summary>
    public static string? Nearest(string got, IEnumerable<string> accepted)
    {
        (string? nearest, int slips) = (null, (got.Length / 3) + 1);
        foreach (string word in accepted)
        {
            if (Math.Abs(word.Length - got.Length) < slips && EditDistance(got, word) is var found && found < slips)
            {
                (nearest, slips) = (word, found);
            }
        }

        return nearest;
    }

    /// <summary>How many letters were left out, put in, changed or swapped with their neighbour, whatever their case
    /// (the optimal string alignment distance).</summary>
    public static int EditDistance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1];
        int[] last = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = last[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[right.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
