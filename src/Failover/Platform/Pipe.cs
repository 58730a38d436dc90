using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>A pipe of the system, for threads that wait for several of them at once. No child inherits it unless it is given it.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class Pipe : IDisposable
{
    // Linux: fcntl.h, poll.h, errno.h
    private const int CloseOnExec = 0x80000;
    private const short Readable = 0x1;
    private const int Interrupted = 4; // EINTR

    private Pipe(int reader, int writer) =>
        (Reader, Writer) = (new((nint)reader, ownsHandle: true), new((nint)writer, ownsHandle: true));

    public SafeFileHandle Reader { get; }

    public SafeFileHandle Writer { get; }

    /// <summary>Makes one; null where this process may open no more descriptors.</summary>
    public static Pipe? Make()
    {
        Span<int> ends = stackalloc int[2];
        return Make(ends, CloseOnExec) == 0 ? new(ends[0], ends[1]) : null;
    }

    /// <summary>Waits until one of them can be read, or its end has come.</summary>
    /// <param name="descriptors">What is waited for; one that is null or invalid never happens.</param>
    /// <param name="happened">Takes for each whether it can be read.</param>
    /// <param name="milliseconds">How long; -1: without end.</param>
    public static void Wait(ReadOnlySpan<SafeFileHandle?> descriptors, Span<bool> happened, int milliseconds)
    {
        Span<Waiting> all = stackalloc Waiting[descriptors.Length];
        for (int i = 0; i < all.Length; i++)
        {
            // Those below 0 are left out (poll(2)).
            all[i] = new()
            {
                Descriptor = descriptors[i] is { IsInvalid: false } open ? (int)open.DangerousGetHandle() : -1,
                Wanted = Readable,
            };
        }

        int count = Wait(all, (nuint)all.Length, milliseconds);
        for (int i = 0; i < all.Length; i++)
        {
            happened[i] = count > 0 && all[i].Seen != 0;
        }
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>How much; 0 at its end.</returns>
    public int Read(Span<byte> into)
    {
        nint count;
        do
        {
            count = Read(Reader, into, (nuint)into.Length);
        } while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return (int)Math.Max(0, count);
    }

    /// <summary>Has a thread that waits for the other end go on.</summary>
    public void Write() => _ = Write(Writer, [1], 1);

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "pipe2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Make(Span<int> ends, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Wait(Span<Waiting> all, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(SafeFileHandle reader, Span<byte> into, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(SafeFileHandle writer, ReadOnlySpan<byte> from, nuint length);

    /// <summary>struct pollfd</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Waiting
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }
}
