using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Which file systems report every change of a file (statfs(2)).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class FileSystemKind
{
    // Larger than struct statfs is anywhere; what it begins with is a word.
    private const int StatusLength = 512;

    // linux/magic.h, and for ZFS and bcachefs their own headers. All that changes in these is changed by this kernel and reported by it. It is not
    // where others have the files as well (NFS, CIFS, 9p, FUSE), and notices of overlayfs end when its inode leaves memory.
    private static readonly uint[] Reporting =
    [
        0xef53, // ext2, ext3, ext4
        0x58465342, // XFS
        0x9123683e, // Btrfs
        0x01021994, // tmpfs
        0x858458f6, // ramfs
        0xf2f52010, // F2FS
        0x2fc12fc1, // ZFS
        0xca451a4e, // bcachefs
    ];

    /// <summary>Whether the kernel reports every change of what a path leads to. False where that cannot be learnt.</summary>
    public static bool ReportsChanges(string path)
    {
        byte* status = stackalloc byte[StatusLength];
        return StatFileSystem(path, status) == 0 && Array.IndexOf(Reporting, (uint)*(nint*)status) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatFileSystem(string path, byte* status);
}
