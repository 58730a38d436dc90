using System.Net.Sockets;

namespace Failover;

/// <summary>A directory for a Unix socket, gone with the test.</summary>
internal sealed class SocketDirectory : IDisposable
{
    public const UnixFileMode GroupMayConnect =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory();

    public string SocketPath => Path.Combine(directory.FullName, "s");

    public UnixDomainSocketEndPoint EndPoint => new(SocketPath);

    public string[] Names => [.. directory.EnumerateFileSystemInfos().Select(file => file.Name)];

    /// <summary>Leaves a socket file that nobody listens on, as a crash does.</summary>
    public void LeaveSocket()
    {
        // Disposed, a socket removes the name that it was bound to, and no other.
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath + ".tmp"));
        File.Move(SocketPath + ".tmp", SocketPath);
    }

    public void Dispose() => directory.Delete(recursive: true);
}
