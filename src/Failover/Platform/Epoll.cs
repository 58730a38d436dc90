using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What is reported of a descriptor (epoll_ctl(2)).</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    Readable = 1,
    Writable = 4,
    Error = 8,
    HungUp = 0x10,
    PeerClosed = 0x2000,

    /// <summary>Of several that wait for one descriptor, not all are woken.</summary>
    Exclusive = 1u << 28,

    /// <summary>Reported when it comes about, and not for as long as it lasts.</summary>
    EdgeTriggered = 1u << 31,
}

/// <summary>Waits for many descriptors at once (epoll(7)), or until another thread wakes it.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK
    private const int Add = 1; // EPOLL_CTL_ADD
    private const int Delete = 2; // EPOLL_CTL_DEL
    private const int Modify = 3; // EPOLL_CTL_MOD
    private const int MostEvents = 256;

    // Never a datum of a caller's: their generations begin at 1.
    private const ulong WakeDatum = 0;

    // struct epoll_event is packed on x86-64, and nowhere else.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DatumOffset = EventSize - sizeof(ulong);

    private readonly int descriptor;
    private readonly int wake;
    private readonly byte* events = (byte*)NativeMemory.AllocZeroed(MostEvents, (nuint)EventSize);

    /// <summary>Opens one.</summary>
    /// <exception cref="IOException">The process has no descriptors left.</exception>
    public Epoll()
    {
        descriptor = Opened(epoll_create1(CloseOnExec));
        try
        {
            wake = Opened(eventfd(0, CloseOnExec | NonBlocking));
        }
        catch (IOException)
        {
            LinuxSockets.Close(descriptor);
            throw;
        }

        // Edge-triggered: each write is reported once, so that nobody has to read it.
        Watch(wake, EpollEvents.Readable | EpollEvents.EdgeTriggered, WakeDatum);
    }

    /// <summary>Reports events of a descriptor from now on, with a datum over 0.</summary>
    /// <returns>0, or an error number below zero.</returns>
    public int Watch(int watched, EpollEvents wanted, ulong datum)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = (uint)wanted;
        *(ulong*)(one + DatumOffset) = datum;
        return epoll_ctl(descriptor, Add, watched, one) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Reports other events of a descriptor that is watched.</summary>
    public void Change(int watched, EpollEvents wanted, ulong datum)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = (uint)wanted;
        *(ulong*)(one + DatumOffset) = datum;
        _ = epoll_ctl(descriptor, Modify, watched, one);
    }

    /// <summary>Reports no more events of a descriptor. One that is closed, and of which there is no copy, needs it not.</summary>
    public void Unwatch(int watched) => _ = epoll_ctl(descriptor, Delete, watched, events);

    /// <summary>Waits.</summary>
    /// <param name="milliseconds">For how long at most; below 0, without an end.</param>
    /// <returns>How many events there are; see <see cref="Event"/>.</returns>
    public int Wait(int milliseconds) => Math.Max(0, epoll_wait(descriptor, events, MostEvents, milliseconds));

    /// <summary>One of the events of the last <see cref="Wait"/>.</summary>
    /// <returns>Whether it is one of a descriptor, and not of <see cref="Wake"/>.</returns>
    public bool Event(int index, out EpollEvents seen, out ulong datum)
    {
        byte* one = events + (index * EventSize);
        seen = (EpollEvents)(*(uint*)one);
        datum = *(ulong*)(one + DatumOffset);
        return datum != WakeDatum;
    }

    /// <summary>Ends the wait of another thread, or the next one.</summary>
    public void Wake()
    {
        ulong one = 1;
        // It fails only where the count is full, and then it wakes as well.
        _ = write(wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        LinuxSockets.Close(descriptor);
        LinuxSockets.Close(wake);
        NativeMemory.Free(events);
    }

    private static int Opened(int result) =>
        result >= 0
            ? result
            : throw new IOException($"no event loop: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

#pragma warning disable IDE1006, SA1300 // The names of the system calls.
    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_ctl(int epoll, int operation, int watched, void* wanted);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_wait(int epoll, void* events, int most, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint write(int descriptor, void* bytes, nint length);
#pragma warning restore IDE1006, SA1300
}
