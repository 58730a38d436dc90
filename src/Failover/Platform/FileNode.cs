using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What a path names, which .NET does not tell: of which kind it is, and whether it is still the same.</summary>
/// <remarks>The numbers of one node are not given to another while it is held open.</remarks>
internal readonly partial record struct FileNode(ulong Inode, uint DeviceMajor, uint DeviceMinor, bool IsSocket)
{
    /// <summary>What stands there; null: nothing, or nothing that this user may see.</summary>
    public static FileNode? Of(string path) =>
        Statx.Read(path, followsLink: false, out Statx.Status status) == 0
            ? new(status.Inode, status.DeviceMajor, status.DeviceMinor, status.Type == FileType.Socket)
            : null;

    /// <summary>Gives what is at <paramref name="from"/> a second name, unless that is taken.</summary>
    public static bool TryLink(string from, string to) => Link(from, to) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
