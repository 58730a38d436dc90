using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The sockets that the service manager has opened and listens on: the protocol of sd_listen_fds(3). It holds them open
/// over a restart, so that no connection is refused meanwhile.</summary>
/// <remarks>A copy of one is handed out each time that it is taken: an address that a reload removes and another one adds again is
/// the same socket. Each copy has a number that no earlier one had. The runtime leaves it to the kernel to take a closed descriptor
/// from its epoll, and the kernel does so when the last copy is closed, which the service manager holds (epoll(7), questions and
/// answers): the same number again could not be added (EEXIST), and no connection would be accepted.</remarks>
internal sealed partial class InheritedSockets
{
    private const int FirstNumber = 3; // SD_LISTEN_FDS_START
    private const int MostSockets = 1024;
    private const int SetFlags = 2; // F_SETFD, fcntl.h
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int CloseOnExec = 1; // FD_CLOEXEC

    private readonly List<Inherited> sockets = [];

    private InheritedSockets() { }

    /// <summary>None.</summary>
    public static InheritedSockets None { get; } = new();

    /// <summary>Those that nothing has taken yet, as messages name them.</summary>
    public IEnumerable<string> Unused => sockets.Where(socket => !socket.IsTaken).Select(socket => socket.Name);

    /// <summary>Those of this process.</summary>
    /// <param name="environment">Gives the value of a variable, null where there is none.</param>
    public static InheritedSockets OfProcess(Func<string, string?> environment)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        // A child of the process that they are meant for inherits the variables, and not the sockets.
        bool isOurs = environment("LISTEN_PID") == own;
        return
            OperatingSystem.IsLinux()
            && isOurs
            && int.TryParse(environment("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? Of(Enumerable.Range(FirstNumber, Math.Min(count, MostSockets)))
            : None;
    }

    /// <summary>Those with the numbers, where they are sockets that take connections.</summary>
    [SupportedOSPlatform("linux")]
    internal static InheritedSockets Of(IEnumerable<int> numbers)
    {
        InheritedSockets inherited = new();
        foreach (int number in numbers)
        {
            _ = SetDescriptor(number, SetFlags, CloseOnExec);
            if (Describe(number) is { } socket)
            {
                inherited.sockets.Add(socket);
            }
        }

        return inherited;
    }

    /// <summary>A copy of the one that is bound to a TCP endpoint; null where none is.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="isForBoth">Whether <c>[::]</c> is to take IPv4 as well; where it is not to, it must not.</param>
    public Socket? Take(IPEndPoint endPoint, bool isForBoth) =>
        Take(socket =>
            endPoint.Port != 0
            && endPoint.Equals(socket.EndPoint)
            && (endPoint.AddressFamily != AddressFamily.InterNetworkV6 || socket.IsForBoth == isForBoth)
        );

    /// <summary>A copy of the one that is bound to a path; null where none is.</summary>
    public Socket? Take(string path) =>
        Take(socket => socket.EndPoint is UnixDomainSocketEndPoint && socket.EndPoint.ToString() == path);

    /// <summary>The one that has the port of an address in another way, as messages name it; null where none has.</summary>
    public string? InTheWayOf(ListenAddress address) =>
        address.SocketPath is null
            ? sockets.Find(socket => socket.EndPoint is IPEndPoint { Port: var port } && port == address.Port)?.Name
            : null;

    private Socket? Take(Predicate<Inherited> isWanted)
    {
        if (!OperatingSystem.IsLinux() || sockets.Find(isWanted) is not { } found)
        {
            return null;
        }

        Socket copy = Copy(found.Number, found.NextNumber);
        found.NextNumber = (int)copy.Handle + 1;
        return copy;
    }

    [SupportedOSPlatform("linux")]
    private static Inherited? Describe(int number)
    {
        try
        {
            using Socket copy = Copy(number, FirstNumber);
            bool isListening =
                copy.SocketType == SocketType.Stream
                && (int)copy.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0;
            bool isForBoth = copy is { AddressFamily: AddressFamily.InterNetworkV6, DualMode: true };
            return isListening && copy.LocalEndPoint is { } endPoint ? new(number, endPoint, isForBoth) : null;
        }
        catch (SocketException)
        {
            // No socket, or of a family that addresses here do not have.
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private static Socket Copy(int number, int least)
    {
        int copy = SetDescriptor(number, DuplicateCloseOnExec, least);
        return copy < 0
            ? throw new SocketException((int)SocketError.NotSocket)
            : new Socket(new SafeSocketHandle(copy, ownsHandle: true));
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDescriptor(int descriptor, int command, int argument);

    private sealed class Inherited(int number, EndPoint endPoint, bool isForBoth)
    {
        public int Number => number;

        public EndPoint EndPoint => endPoint;

        public bool IsForBoth => isForBoth;

        public bool IsTaken => NextNumber > FirstNumber;

        /// <summary>The least number for the next copy.</summary>
        public int NextNumber { get; set; } = FirstNumber;

        // As listen: takes it.
        public string Name =>
            endPoint is UnixDomainSocketEndPoint ? $"unix:{endPoint}"
            : isForBoth && endPoint is IPEndPoint { Port: var port }
                ? string.Create(CultureInfo.InvariantCulture, $"*:{port}")
            : $"{endPoint}";
    }
}
