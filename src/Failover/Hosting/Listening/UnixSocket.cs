using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>A Unix socket that is listened on, and its file.</summary>
/// <remarks>It is made under another name and moved to its own when it listens and has its mode: it is never found half made, and one
/// that a crash left behind is replaced without a gap.</remarks>
internal sealed class UnixSocket : IDisposable
{
    /// <summary>How long a path may be, in bytes. Linux takes 107 (unix(7)); <see cref="Suffix"/> needs some of them.</summary>
    public const int LongestPath = 102;

    private const int Backlog = 512;

    // A load balancer of the same group connects; who connects needs the right to write.
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly string path;
    private FileNode? node;

    private UnixSocket(string path, Socket socket)
    {
        this.path = path;
        Socket = socket;
    }

    public Socket Socket { get; }

    /// <summary>Listens at a path.</summary>
    /// <exception cref="IOException">Another process listens there, something else is there, or it may not be made: the message says
    /// which.</exception>
    public static UnixSocket Create(string path)
    {
        RefuseIfTooLong(path);
        RefuseIfTaken(path);
        UnixSocket made = new(path, new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        string temporary = path + Suffix();
        try
        {
            made.Socket.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, Mode);
            }

            made.Socket.Listen(Backlog);
            made.node = FileNode.Of(temporary);
            if (!FileNode.TryLink(temporary, path))
            {
                RefuseIfTaken(path);
                File.Move(temporary, path, overwrite: true);
            }

            File.Delete(temporary);
            return made;
        }
        catch (Exception exception) when (exception is SocketException or UnauthorizedAccessException)
        {
            made.Dispose();
            throw new IOException(Cause(path, exception), exception);
        }
        catch (IOException)
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Finds out whether <see cref="Create"/> would succeed, without listening and leaving nothing behind.</summary>
    /// <exception cref="IOException">It would not: the message is that of <see cref="Create"/>.</exception>
    public static void Rehearse(string path)
    {
        RefuseIfTooLong(path);
        RefuseIfTaken(path);
        using Socket made = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Disposed, the socket removes the file.
            made.Bind(new UnixDomainSocketEndPoint(path + Suffix()));
        }
        catch (Exception exception) when (exception is SocketException or UnauthorizedAccessException)
        {
            throw new IOException(Cause(path, exception), exception);
        }
    }

    /// <summary>Removes the file, unless another is there by now. Call it while the socket is still open: others take the
    /// place of one that no process listens on.</summary>
    public void RemoveFile()
    {
        if (node is not null && FileNode.Of(path) == node)
        {
            File.Delete(path);
        }

        node = null;
    }

    // Disposed, a socket removes the file that it was bound to, which is the temporary one.
    public void Dispose()
    {
        RemoveFile();
        Socket.Dispose();
    }

    private static string Suffix() => $".{$"{Guid.NewGuid():N}"[..4]}";

    private static void RefuseIfTooLong(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        if (length > LongestPath)
        {
            string bytes = string.Create(
                CultureInfo.InvariantCulture,
                $"{length} bytes; accepted: at most {LongestPath}"
            );
            throw new IOException($"the path has {bytes}");
        }
    }

    private static void RefuseIfTaken(string path)
    {
        switch (FileNode.Of(path))
        {
            case { IsSocket: false }:
                throw new IOException("a file that is no socket is there");
            case { IsSocket: true } when !IsStale(path):
                throw new IOException(
                    "the socket is in use",
                    new SocketException((int)SocketError.AddressAlreadyInUse)
                );
            default:
                return;
        }
    }

    // Whatever the kernel says but this, a process may be listening: with a full queue, with other rights, with datagrams.
    private static bool IsStale(string path)
    {
        using Socket knock = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            knock.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static string Cause(string path, Exception exception) =>
        !Directory.Exists(Path.GetDirectoryName(path)) ? "there is no such directory"
        : exception is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? "this user may not create the socket"
        : exception.Message;
}
