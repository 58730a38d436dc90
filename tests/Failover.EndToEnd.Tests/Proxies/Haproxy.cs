using System.Globalization;

namespace Failover;

/// <summary>HAProxy, from Debian's package haproxy, with a configuration of the test's.</summary>
internal static class Haproxy
{
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
}
