using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>HAProxy, from Debian's package haproxy, with a configuration of the test's.</summary>
internal static class Haproxy
{
    /// <summary>Gives it a command of its runtime API, as an operator does with socat.</summary>
    public static async Task<string> CommandAsync(Proxy haproxy, string command)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(
            new UnixDomainSocketEndPoint(AdminOf(haproxy.Socket)),
            TestContext.Current.CancellationToken
        );
        await using NetworkStream stream = new(client);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\n"), TestContext.Current.CancellationToken);
        using StreamReader answer = new(stream);
        return await answer.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts it before a backend.</summary>
    /// <param name="frontend">Lines of the frontend besides what binds it.</param>
    /// <param name="backend">Lines of the backend.</param>
    /// <param name="bind">Options of how it listens.</param>
    public static async Task<Proxy> StartAsync(string frontend, string backend, string bind = "")
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-haproxy-");
        string socket = Path.Combine(folder.FullName, "front.sock");
        string configuration = Path.Combine(folder.FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                global
                    stats socket {AdminOf(socket)} mode 600 level admin

                defaults
                    mode http
                    retries 0
                    timeout connect 5s
                    timeout server 30s
                    timeout client 1s
                    timeout http-request 1s
                    timeout check 30s

                frontend front
                    bind unix@{socket} {bind}
                    default_backend back
                    {frontend}

                backend back
                    {backend}

                """
            ),
            TestContext.Current.CancellationToken
        );
        return await Proxy.WhenListeningAsync(
            ChildProcess.Start("haproxy", "haproxy", "-db", "-f", configuration),
            folder,
            socket
        );
    }

    private static string AdminOf(string socket) => Path.Combine(Path.GetDirectoryName(socket)!, "admin.sock");
}
