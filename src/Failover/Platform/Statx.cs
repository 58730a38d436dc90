using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>What the system knows of a file: statx(2), on Linux only.</summary>
[SupportedOSPlatform("linux")]
internal static partial class Statx
{
    // Linux: fcntl.h, linux/stat.h, stat.h
    private const int AtFdCwd = -100;
    private const int AtSymlinkNofollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int ModeMask = 0xfff;

    /// <summary>Asks about what is at a path.</summary>
    /// <returns>0, or the error's number: errno(3).</returns>
    public static int Read(string path, bool followsLink, out Status status) =>
        Read(AtFdCwd, path, followsLink ? 0 : AtSymlinkNofollow, BasicStats, out status) == 0
            ? 0
            : Marshal.GetLastPInvokeError();

    /// <summary>Asks about an open file.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int Read(SafeFileHandle file, out Status status) =>
        Read(file, "", AtEmptyPath, BasicStats, out status) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Read(int directory, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Read(SafeFileHandle file, string path, int flags, uint mask, out Status status);

    /// <summary>The same on every architecture (statx(2)), which struct stat is not.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Status
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long LastStatusChangeSeconds;

        [FieldOffset(104)]
        public uint LastStatusChangeNanoseconds;

        [FieldOffset(112)]
        public long LastChangeSeconds;

        [FieldOffset(120)]
        public uint LastChangeNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;

        /// <summary>Of its content, by the wall clock. A time that .NET cannot say is the nearest that it can.</summary>
        public readonly DateTimeOffset LastChange => Time(LastChangeSeconds, LastChangeNanoseconds);

        /// <summary>Of its content, or of what the system says of it: ctime, inode(7).</summary>
        public readonly DateTimeOffset LastStatusChange => Time(LastStatusChangeSeconds, LastStatusChangeNanoseconds);

        public readonly FileType Type => (FileType)(Mode & TypeMask);

        public readonly UnixFileMode Rights => (UnixFileMode)(Mode & ModeMask);

        private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
            DateTimeOffset
                .FromUnixTimeSeconds(
                    Math.Clamp(
                        seconds,
                        DateTimeOffset.MinValue.ToUnixTimeSeconds(),
                        DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                    )
                )
                .AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}

/// <summary>Of which kind a file is: inode(7).</summary>
internal enum FileType
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Folder = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Link = 0xa000,
    Socket = 0xc000,
}
