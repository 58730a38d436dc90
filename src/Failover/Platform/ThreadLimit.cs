using System.Globalization;

namespace Failover;

/// <summary>How many threads this process may have.</summary>
/// <remarks>Where it may have no more, the runtime may end the process instead of going on with fewer (.NET 10).</remarks>
internal static class ThreadLimit
{
    /// <summary>Three quarters of what the system allows, at most <paramref name="most"/>.</summary>
    public static int UpTo(int most)
    {
        if (!OperatingSystem.IsLinux())
        {
            return most;
        }

        long limit = ControlGroups().Select(PidsMaximum).Append(UserLimit()).Min();
        return (int)Math.Min(most, limit - (limit / 4));
    }

    // Of the user, not of the process; root is exempt, which makes it too low and never too high.
    private static long UserLimit() =>
        ResourceLimit.UserThreads is { } limit and < int.MaxValue ? (long)limit : int.MaxValue;

    // pids.max of the group and of those above it (Documentation/admin-guide/cgroup-v2.rst in the kernel).
    private static IEnumerable<string> ControlGroups()
    {
        string? path = ReadOrNull("/proc/self/cgroup")
            ?.Split('\n')
            .FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))
            ?["0::".Length..];
        while (path is { Length: > 1 })
        {
            yield return $"/sys/fs/cgroup{path}/pids.max";
            path = Path.GetDirectoryName(path);
        }

        // Within a container, the group is the root of what it sees.
        yield return "/sys/fs/cgroup/pids.max";
    }

    private static long PidsMaximum(string file) =>
        long.TryParse(ReadOrNull(file)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long maximum)
            ? maximum
            : int.MaxValue;

    private static string? ReadOrNull(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
