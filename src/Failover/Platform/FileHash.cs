using System.Runtime.Versioning;

namespace Failover;

/// <summary>What a file held, in short.</summary>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Length">Its length.</param>
/// <param name="Stamp">Its stamp before it was read; null where the system has none.</param>
internal sealed record FileHash(byte[] Hash, long Length, FileStamp? Stamp);

/// <summary>What the system says of a file without reading it. A change of what it holds changes the stamp, at the latest at the next tick of
/// the file system's clock (inode(7)); what is written through a mapping into memory shows later (mmap(2)).</summary>
/// <param name="Device">On which device it is.</param>
/// <param name="Inode">Which file of it this is.</param>
/// <param name="Size">Its length.</param>
/// <param name="LastChange">Of its content. Anybody who may write the file can set this back.</param>
/// <param name="LastTouch">Of its content or of this stamp: set by the system alone.</param>
internal readonly record struct FileStamp(
    (uint Major, uint Minor) Device,
    ulong Inode,
    ulong Size,
    DateTimeOffset LastChange,
    DateTimeOffset LastTouch
)
{
    [SupportedOSPlatform("linux")]
    public static FileStamp Of(Statx.Status status) =>
        new(
            (status.DeviceMajor, status.DeviceMinor),
            status.Inode,
            status.Size,
            status.LastChange,
            status.LastStatusChange
        );
}
