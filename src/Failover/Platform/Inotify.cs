using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What is reported of a file or a folder (inotify(7)).</summary>
[Flags]
internal enum FileEvents : uint
{
    None = 0,
    Modified = 2,
    Attributes = 4,
    WriterClosed = 8,
    NameLeft = 0x40,
    NameCame = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    SelfDeleted = 0x400,
    SelfMoved = 0x800,

    /// <summary>Reported of no watch: events were lost.</summary>
    Overflow = 0x4000,

    /// <summary>The last one of a watch, which is gone: so is what it was on.</summary>
    Ended = 0x8000,

    /// <summary>That a folder or a file is no longer at its path.</summary>
    Gone = SelfDeleted | SelfMoved,

    /// <summary>What is in a folder, and who may use it. The attributes of what is in it are reported as well.</summary>
    Names = Gone | Attributes | NameLeft | NameCame | Created | Deleted,

    /// <summary>What a file holds, and who may use it.</summary>
    Content = Gone | Attributes | Modified | WriterClosed,
}

/// <summary>Notices of the kernel about files (inotify(7)). Open for as long as the process lives.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class Inotify
{
    private const int CloseOnExec = 0x80000; // IN_CLOEXEC
    private const uint Further = 0x20000000; // IN_MASK_ADD
    private const int Interrupted = 4; // EINTR
    private const int HeadLength = 16; // struct inotify_event, without the name
    private const int BufferLength = 4096;

    private readonly int descriptor;
    private readonly byte[] buffer = new byte[BufferLength];

    private Inotify(int descriptor) => this.descriptor = descriptor;

    /// <summary>Opens one; null where there is none to be had: too many are open, or a sandbox forbids it.</summary>
    public static Inotify? TryOpen()
    {
        try
        {
            int opened = inotify_init1(CloseOnExec);
            return opened >= 0 ? new(opened) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reports events of what a path leads to, besides those that are reported of it already.</summary>
    /// <returns>The number of the watch, the same for the same file; below zero where there is none to be had.</returns>
    public int Watch(string path, FileEvents wanted) => inotify_add_watch(descriptor, path, (uint)wanted | Further);

    /// <summary>Reports no more events of a watch.</summary>
    public void Unwatch(int watch) => _ = inotify_rm_watch(descriptor, watch);

    /// <summary>Waits until there are events.</summary>
    /// <returns>The watch and the kind of each; null where there will be no more.</returns>
    public List<(int Watch, FileEvents Events)>? Wait()
    {
        int length;
        do
        {
            fixed (byte* start = buffer)
            {
                length = (int)read(descriptor, start, BufferLength);
            }
        } while (length < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if (length <= 0)
        {
            return null;
        }

        List<(int, FileEvents)> events = [];
        for (int at = 0; at + HeadLength <= length; )
        {
            ReadOnlySpan<byte> head = buffer.AsSpan(at, HeadLength);
            events.Add((MemoryMarshal.Read<int>(head), (FileEvents)MemoryMarshal.Read<uint>(head[4..])));
            at += HeadLength + MemoryMarshal.Read<int>(head[12..]);
        }

        return events;
    }

#pragma warning disable IDE1006, SA1300 // The names of the system calls.
    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int inotify_add_watch(int instance, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int inotify_rm_watch(int instance, int watch);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint read(int descriptor, byte* bytes, nint length);
#pragma warning restore IDE1006, SA1300
}
