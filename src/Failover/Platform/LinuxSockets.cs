using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>System calls on sockets that do not block, for event loops: no object for a socket, no exception for an error.</summary>
/// <remarks>A result below zero is an error number with its sign changed, as the kernel itself returns them. Descriptors are plain
/// numbers: whoever opens or accepts one closes it, once.</remarks>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxSockets
{
    // Linux, asm-generic/errno-base.h and errno.h: the same on every architecture that .NET runs on. So are all numbers below.
    public const int Interrupted = 4; // EINTR
    public const int TryAgain = 11; // EAGAIN
    public const int NoMemory = 12; // ENOMEM
    public const int FileTableOverflow = 23; // ENFILE
    public const int TooManyFiles = 24; // EMFILE
    public const int NoBuffers = 105; // ENOBUFS
    public const int InProgress = 115; // EINPROGRESS

    private const int OperationNotPermitted = 1; // EPERM
    private const int AccessDenied = 13; // EACCES
    private const int Stream = 1; // SOCK_STREAM
    private const int NonBlocking = 0x800; // SOCK_NONBLOCK
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PendingErrorOption = 4; // SO_ERROR
    private const int NoAddressLength = 16; // struct sockaddr
    private const short Writable = 4; // POLLOUT
    private const short Broken = 8 | 16; // POLLERR, POLLHUP

    /// <summary>Takes a connection from a socket that listens; it does not block either.</summary>
    /// <param name="listening">The socket.</param>
    /// <param name="address">Takes the peer's address, as the system writes it; of <see cref="NativeAddress.Longest"/> bytes.</param>
    /// <param name="length">How many bytes of it there are.</param>
    public static int Accept(int listening, Span<byte> address, out int length)
    {
        int size = address.Length;
        fixed (byte* at = address)
        {
            int accepted = accept4(listening, at, &size, NonBlocking | CloseOnExec);
            length = Math.Min(size, address.Length);
            return accepted >= 0 ? accepted : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Reads what has arrived; 0 is the end of what the peer sends.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* at = buffer)
        {
            nint count = recv(socket, at, buffer.Length, DontWait);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Sends as much as the system takes now.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            nint count = send(socket, at, bytes.Length, DontWait | NoSignal);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Opens a TCP socket.</summary>
    /// <param name="family">The number of the address family, as the first two bytes of an address have it.</param>
    public static int Open(int family)
    {
        int opened = socket(family, Stream | NonBlocking | CloseOnExec, 0);
        return opened >= 0 ? opened : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Begins to connect: 0 where that has succeeded at once, <see cref="InProgress"/> below zero where it goes on.</summary>
    public static int Connect(int socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* at = address)
        {
            return connect(socket, at, address.Length) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Resets a connection: its socket can connect again, from another port.</summary>
    public static int Disconnect(int socket)
    {
        // struct sockaddr of the family AF_UNSPEC (connect(2)).
        byte* nowhere = stackalloc byte[NoAddressLength];
        new Span<byte>(nowhere, NoAddressLength).Clear();
        return connect(socket, nowhere, NoAddressLength) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets an option that is a number.</summary>
    public static int SetOption(int socket, int level, int option, int value) =>
        setsockopt(socket, level, option, &value, sizeof(int)) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Sets an option that is two numbers, as SO_LINGER is.</summary>
    public static int SetOption(int socket, int level, int option, (int First, int Second) value) =>
        setsockopt(socket, level, option, &value, sizeof(int) * 2) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Takes the error that a connect ended with; 0 where it succeeded.</summary>
    public static int TakePendingError(int socket)
    {
        int error = 0;
        int size = sizeof(int);
        return getsockopt(socket, SocketLevel, PendingErrorOption, &error, &size) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    /// <summary>The address that a socket has itself, as the system writes it.</summary>
    /// <returns>How many bytes of it there are.</returns>
    public static int ReadOwnAddress(int socket, Span<byte> address)
    {
        int size = address.Length;
        fixed (byte* at = address)
        {
            return getsockname(socket, at, &size) == 0 ? size : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Whether a connect has ended, well or not.</summary>
    public static bool HasConnectEnded(int socket)
    {
        Poll asked = new() { Socket = socket, Events = Writable };
        return poll(&asked, 1, 0) > 0 && (asked.Returned & (Writable | Broken)) != 0;
    }

    /// <summary>An error number as the runtime has it.</summary>
    public static SocketError Error(int number) =>
        number switch
        {
            OperationNotPermitted or AccessDenied => SocketError.AccessDenied,
            TryAgain => SocketError.WouldBlock,
            NoMemory or NoBuffers => SocketError.NoBufferSpaceAvailable,
            FileTableOverflow or TooManyFiles => SocketError.TooManyOpenSockets,
            32 => SocketError.Shutdown, // EPIPE
            92 => SocketError.ProtocolOption, // ENOPROTOOPT
            96 => SocketError.ProtocolFamilyNotSupported, // EPFNOSUPPORT
            97 => SocketError.AddressFamilyNotSupported, // EAFNOSUPPORT
            98 => SocketError.AddressAlreadyInUse, // EADDRINUSE
            99 => SocketError.AddressNotAvailable, // EADDRNOTAVAIL
            100 => SocketError.NetworkDown, // ENETDOWN
            101 => SocketError.NetworkUnreachable, // ENETUNREACH
            103 => SocketError.ConnectionAborted, // ECONNABORTED
            104 => SocketError.ConnectionReset, // ECONNRESET
            110 => SocketError.TimedOut, // ETIMEDOUT
            111 => SocketError.ConnectionRefused, // ECONNREFUSED
            112 => SocketError.HostDown, // EHOSTDOWN
            113 => SocketError.HostUnreachable, // EHOSTUNREACH
            _ => SocketError.SocketError,
        };

    /// <summary>Closes a descriptor.</summary>
    // Not again where a signal interrupts it: Linux has closed it by then (close(2)).
    public static void Close(int descriptor) => _ = close(descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Socket;
        public short Events;
        public short Returned;
    }

#pragma warning disable IDE1006, SA1300 // The names of the system calls.
    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int accept4(int socket, void* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint recv(int socket, void* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint send(int socket, void* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int connect(int socket, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setsockopt(int socket, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getsockopt(int socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getsockname(int socket, void* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int poll(void* descriptors, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close(int descriptor);
#pragma warning restore IDE1006, SA1300
}
