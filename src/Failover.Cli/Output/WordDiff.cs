namespace Failover;

/// <summary>Two texts, and what differs between them, word by word.</summary>
internal static class WordDiff
{
    private const string Left = "…";
    private const int Short = 40;
    private const int Context = 2;

    /// <summary>What differs: of a long text, the words that both begin and end with are left out but for those next to the
    /// difference.</summary>
    public static (string Before, string After) Of(string before, string after)
    {
        if (before.Length <= Short && after.Length <= Short)
        {
            return (before, after);
        }

        string[] old = before.Split(' ');
        string[] next = after.Split(' ');
        int most = Math.Min(old.Length, next.Length);
        int begin = 0;
        while (begin < most && old[begin] == next[begin])
        {
            begin++;
        }

        int end = 0;
        while (end < most - begin && old[^(end + 1)] == next[^(end + 1)])
        {
            end++;
        }

        int first = Math.Max(0, begin - Context);
        int last = Math.Max(0, end - Context);
        return (Part(old, first, last), Part(next, first, last));
    }

    private static string Part(string[] words, int first, int last) =>
        string.Join(
            ' ',
            [
                .. first > 0 ? [Left] : Array.Empty<string>(),
                .. words[first..^last],
                .. last > 0 ? [Left] : Array.Empty<string>(),
            ]
        );
}
