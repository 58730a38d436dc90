using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What a path names, which .NET does not tell: of which kind it is, and whether it is still the same.</summary>
/// <remarks>The numbers of one node are not given to another while it is held open.</remarks>
internal readonly partial record struct FileNode(ulong Inode, uint DeviceMajor, uint DeviceMinor, bool IsSocket)
{
    // Linux: fcntl.h, linux/stat.h, stat.h
    private const int AtFdCwd = -100;
    private const int AtSymlinkNofollow = 0x100;
    private const uint StatxBasicStats = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int SocketType = 0xc000;

    /// <summary>What stands there; null: nothing, or nothing that this user may see.</summary>
    public static FileNode? Of(string path) =>
        Statx(AtFdCwd, path, AtSymlinkNofollow, StatxBasicStats, out Status status) == 0
            ? new(status.Inode, status.DeviceMajor, status.DeviceMinor, (status.Mode & TypeMask) == SocketType)
            : null;

    /// <summary>Gives what is at <paramref name="from"/> a second name, unless that is taken.</summary>
    public static bool TryLink(string from, string to) => Link(from, to) == 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);

    // The same on every architecture (statx(2)), which struct stat is not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
