namespace Failover;

/// <summary>The threads of this process as Linux sees them.</summary>
internal static class OwnThreads
{
    /// <summary>How many have a name that begins so. Linux keeps 15 characters of a name.</summary>
    public static int Count(string name) =>
        Directory
            .GetDirectories("/proc/self/task")
            .Count(thread => NameOf(thread).StartsWith(name, StringComparison.Ordinal));

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText($"{thread}/comm");
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }
}
