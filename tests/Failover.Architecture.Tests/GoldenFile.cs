namespace Failover;

/// <summary>A committed file that is generated: a test compares it, and rewrites it when it is told to accept.</summary>
internal static class GoldenFile
{
    /// <summary>Tests of this trait are what <c>./build.sh docs</c> runs.</summary>
    public const string Trait = "golden";

    private static bool IsAccepting => Environment.GetEnvironmentVariable("FAILOVER_ACCEPT") == "1";

    public static void Check(string path, string expected) => Check(path, expected, IsAccepting);

    internal static void Check(string path, string expected, bool isAccepting)
    {
        string full = Repository.FullPath(path);
        string committed = File.Exists(full) ? File.ReadAllText(full) : "";
        if (committed == expected)
        {
            return;
        }

        if (!isAccepting)
        {
            Assert.Fail($"{path} is out of date; to accept:  ./build.sh docs\n\n{Diff(committed, expected)}");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, expected);
    }

    /// <summary>The lines that go (<c>-</c>) and come (<c>+</c>), by their longest common subsequence.</summary>
    internal static string Diff(string before, string after)
    {
        string[] old = before.Split('\n');
        string[] now = after.Split('\n');
        int[,] common = new int[old.Length + 1, now.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] =
                    old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<string> lines = [];
        for (int i = 0, j = 0; i < old.Length || j < now.Length; )
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                i++;
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add($"- {old[i++]}");
            }
            else
            {
                lines.Add($"+ {now[j++]}");
            }
        }

        return string.Join('\n', lines);
    }
}
