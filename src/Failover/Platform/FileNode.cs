using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>What a path names, which .NET does not report: of which kind it is, and whether it is still the same.</summary>
/// <remarks>The numbers of one node are not given to another while it is held open. Where there is no statx(2), a node is known by when it
/// was made, and a socket by being empty.</remarks>
internal readonly partial record struct FileNode(
    ulong Inode,
    uint DeviceMajor,
    uint DeviceMinor,
    bool IsSocket,
    bool IsRegularFile
)
{
    /// <summary>What is there; null: nothing, or nothing that this user may see.</summary>
    public static FileNode? Of(string path) => Of(path, followsLink: false);

    /// <summary>As <see cref="Of(string)"/>, of what symbolic links lead to.</summary>
    public static FileNode? OfTarget(string path) => Of(path, followsLink: true);

    /// <summary>What a stream leads to; null: it is not open.</summary>
    [SupportedOSPlatform("linux")]
    public static FileNode? Of(SafeFileHandle stream) =>
        Statx.Read(stream, out Statx.Status status) == 0 ? Of(status) : null;

    /// <summary>Device and inode as stat(1) prints them with <c>%d:%i</c>.</summary>
    public string DeviceAndInode => string.Create(CultureInfo.InvariantCulture, $"{Device}:{Inode}");

    // makedev(3) of glibc: the upper and the lower part of each number have places of their own.
    private ulong Device =>
        ((ulong)(DeviceMajor & 0xfffff000) << 32)
        | ((ulong)(DeviceMinor & 0xffffff00) << 12)
        | ((DeviceMajor & 0xfff) << 8)
        | (DeviceMinor & 0xff);

    /// <summary>Gives what is at <paramref name="from"/> a second name, unless that is taken.</summary>
    public static bool TryLink(string from, string to) => !OperatingSystem.IsWindows() && Link(from, to) == 0;

    private static FileNode? Of(string path, bool followsLink)
    {
        if (OperatingSystem.IsLinux())
        {
            return Statx.Read(path, followsLink, out Statx.Status status) == 0 ? Of(status) : null;
        }

        FileSystemInfo file = new FileInfo(path);
        file = followsLink ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        file.Refresh();
        return file.Exists ? Of((FileInfo)file)
            : Directory.Exists(path) ? new(0, 0, 0, IsSocket: false, IsRegularFile: false)
            : null;
    }

    private static FileNode Of(FileInfo file) =>
        new((ulong)file.CreationTimeUtc.Ticks, 0, 0, IsSocket: file.Length == 0, IsRegularFile: true);

    [SupportedOSPlatform("linux")]
    private static FileNode Of(in Statx.Status status) =>
        new(
            status.Inode,
            status.DeviceMajor,
            status.DeviceMinor,
            status.Type == FileType.Socket,
            status.Type == FileType.Regular
        );

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
