using System.Globalization;

namespace Failover;

/// <summary>What proc(5) shows of processes and threads, which may end at any moment.</summary>
internal static class ProcFiles
{
    /// <summary>The processes in /proc, or the threads in a folder task.</summary>
    public static IReadOnlyList<int> Ids(string folder)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Select(name =>
                        int.TryParse(Path.GetFileName(name), CultureInfo.InvariantCulture, out int id) ? id : 0
                    )
                    .Where(id => id != 0),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>A file's text; null where what it tells of has ended.</summary>
    public static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
