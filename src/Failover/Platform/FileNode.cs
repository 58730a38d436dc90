using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What a path names, which .NET does not tell: of which kind it is, and whether it is still the same.</summary>
/// <remarks>The numbers of one node are not given to another while it is held open.</remarks>
internal readonly partial record struct FileNode(
    ulong Inode,
    uint DeviceMajor,
    uint DeviceMinor,
    bool IsSocket,
    bool IsRegularFile
)
{
    /// <summary>What stands there; null: nothing, or nothing that this user may see.</summary>
    public static FileNode? Of(string path) => Of(path, followsLink: false);

    /// <summary>As <see cref="Of(string)"/>, of what symbolic links lead to.</summary>
    public static FileNode? OfTarget(string path) => Of(path, followsLink: true);

    /// <summary>Gives what is at <paramref name="from"/> a second name, unless that is taken.</summary>
    public static bool TryLink(string from, string to) => Link(from, to) == 0;

    private static FileNode? Of(string path, bool followsLink) =>
        Statx.Read(path, followsLink, out Statx.Status status) == 0
            ? new(
                status.Inode,
                status.DeviceMajor,
                status.DeviceMinor,
                status.Type == FileType.Socket,
                status.Type == FileType.Regular
            )
            : null;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
