using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A state file and what SQLite keeps beside it, as files.</summary>
internal static partial class StateFiles
{
    // O_RDONLY.
    private const int ReadOnly = 0;

    /// <summary>What SQLite may have left beside a file; a log goes with its file, under the name that SQLite looks for.</summary>
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <summary>The file itself and its companions, whether or not they are there.</summary>
    public static IEnumerable<string> All(string path) =>
        Companions.Select(companion => path + companion).Prepend(path);

    /// <summary>0 where there is none.</summary>
    public static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    /// <summary>A name for a file that is put aside, with the time, which nothing has.</summary>
    /// <param name="path">The file.</param>
    /// <param name="why">A word for the name.</param>
    /// <param name="now">The time.</param>
    public static string NameAside(string path, string why, DateTimeOffset now)
    {
        string name = $"{path}.{why}-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        string free = name;
        for (int i = 2; All(free).Any(Exists); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return free;
    }

    /// <summary>Moves a file and its companions.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool TryMove(string path, string to)
    {
        bool isMoved = false;
        foreach ((string from, string aside) in All(path).Zip(All(to)))
        {
            if (File.Exists(from))
            {
                File.Move(from, aside, overwrite: false);
                isMoved = true;
            }
        }

        return isMoved;
    }

    /// <summary>Whether something has this name, even a symbolic link that leads nowhere.</summary>
    public static bool Exists(string path) => Path.Exists(path) || FileNode.Of(path) is not null;

    /// <summary>The file that a path leads to: SQLite puts its log beside that, whatever symbolic link it is opened by.</summary>
    public static string TargetOf(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link
        && link.ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? target.FullName
            : path;

    /// <summary>Syncs the folder that a file stands in, so that new names in it survive a loss of power (fsync(2)): .NET has nothing for
    /// it. A file system that knows no such thing is left alone.</summary>
    public static void SyncFolder(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int folder = Open(Path.GetDirectoryName(file)!, ReadOnly);
        if (folder >= 0)
        {
            _ = Sync(folder);
            _ = Close(folder);
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
