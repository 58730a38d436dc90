using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A server of Debian's on loopback, in a folder of its own, as a user without rights where the tests are run by root.</summary>
internal sealed class ServerPeer : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-peer-");

    // Bound and not listening: the port goes to nobody who does not ask for it, and to the server, which does.
    private readonly Socket[] reserved = [Reserve(), Reserve()];
    private ChildProcess? process;

    /// <summary>The port that a script gets as its second argument.</summary>
    public int Port => PortOf(reserved[0]);

    /// <summary>The port that it gets as its third.</summary>
    public int OtherPort => PortOf(reserved[1]);

    /// <summary>The root of the certificate for <c>web.example</c>, which is in <c>good.pem</c> and <c>good.key</c>.</summary>
    public string Ca => Path.Combine(folder.FullName, "ca.pem");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Starts a server and waits until it accepts.</summary>
    /// <param name="package">The Debian package that it comes from.</param>
    /// <param name="script">Ends with <c>exec</c> of the server; <c>$1</c> is the folder, <c>$2</c> and <c>$3</c> are the ports.</param>
    /// <param name="needsRoot">Whether it gives up its rights by itself. Without any, the test is skipped.</param>
    public static async Task<ServerPeer> StartAsync(string package, string script, bool needsRoot = false)
    {
        if (needsRoot && !IsRoot)
        {
            Assert.Skip($"{package} is started by root only");
        }

        ServerPeer peer = new();
        await OpensslCertificates.MakeAsync(peer.folder.FullName);
        bool givesUpRights = IsRoot && !needsRoot;
        if (givesUpRights)
        {
            await using ChildProcess given = ChildProcess.Start(
                "chown",
                "coreutils",
                "-R",
                "nobody:nogroup",
                peer.folder.FullName
            );
            (await given.ExitCodeAsync(Second(10))).ShouldBe(0, given.ToString());
        }

        string[] user = givesUpRights ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
        peer.process = ChildProcess.Start(
            "env",
            package,
            [
                "--default-signal=INT,TERM",
                "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                .. user,
                "bash",
                "-euc",
                $"exec 2>&1; cd \"$1\"; {script}",
                package,
                peer.folder.FullName,
                $"{peer.Port}",
                $"{peer.OtherPort}",
            ]
        );
        await Eventually.IsAsync(() => peer.process.HasEnded || peer.IsListening(), $"{package} listens");
        peer.process.HasEnded.ShouldBeFalse(peer.process.ToString());
        return peer;
    }

    /// <summary>Waits for a line of its output.</summary>
    public Task<string> LineAsync(string text) => process!.LineAsync(text);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            // In order: some leave shared memory behind.
            process.TrySignal(PosixSignal.SIGTERM);
            try
            {
                await process.ExitCodeAsync(Second(10));
            }
            catch (TimeoutException)
            {
                // It is killed.
            }

            await process.DisposeAsync();
        }

        Array.ForEach(reserved, socket => socket.Dispose());
        folder.Delete(recursive: true);
    }

    /// <summary>A port for a server, until it is disposed of.</summary>
    internal static Socket Reserve()
    {
        // The runtime binds with SO_REUSEADDR.
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    internal static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private bool IsListening()
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
