namespace Failover;

/// <summary>The SQLite files that this process has open, by what they are and not by how their paths are spelled: folders may be links,
/// files may have several names.</summary>
/// <remarks>Opening a file a second time and closing it ends all locks that this process has on it (fcntl(2)), and so the store that
/// has it open would lose it to another process. So this is asked before anything is opened.</remarks>
internal static class FilesInUse
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<object, File> Files = [];

    /// <summary>Notes that a file is about to be opened, unless it is in use by this process.</summary>
    /// <param name="opener">Who opens it.</param>
    /// <param name="target">The file, no link. It need not be there; its folder must.</param>
    public static bool TryAdd(object opener, string target)
    {
        lock (Gate)
        {
            return !Contains(target) && Files.TryAdd(opener, File.Of(target));
        }
    }

    /// <summary>Notes which file was opened: it may have been made, or have taken the place of another one.</summary>
    public static void Update(object opener, string target)
    {
        lock (Gate)
        {
            Files[opener] = File.Of(target);
        }
    }

    /// <summary>The file is closed.</summary>
    public static void Remove(object opener)
    {
        lock (Gate)
        {
            Files.Remove(opener);
        }
    }

    /// <summary>Whether this process has a file open.</summary>
    /// <param name="target">The file, no link.</param>
    /// <param name="except">By others than this one; null: by any.</param>
    public static bool Contains(string target, object? except = null)
    {
        lock (Gate)
        {
            File sought = File.Of(target);
            return Files.Any(one => one.Key != except && one.Value.IsSame(sought));
        }
    }

    /// <param name="Node">The file itself; null where it is not there, or where the system does not tell.</param>
    /// <param name="Folder">Its folder; null as above.</param>
    /// <param name="Name">Its name in that folder, or its path where the folder is not known.</param>
    private readonly record struct File(FileNode? Node, FileNode? Folder, string Name)
    {
        // Elsewhere than on Linux, numbers do not identify a folder.
        public static File Of(string target) =>
            OperatingSystem.IsLinux() && FileNode.OfTarget(Path.GetDirectoryName(target)!) is { } folder
                ? new(FileNode.OfTarget(target), folder, Path.GetFileName(target))
                : new(Node: null, Folder: null, target);

        public bool IsSame(File other) =>
            (Folder, Name) == (other.Folder, other.Name) || (Node is not null && Node == other.Node);
    }
}
