using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>HAProxy with servers to check, which answers from memory whether one is up, and tells over its socket what it knows
/// of them.</summary>
internal sealed class HaproxyServer : Subject
{
    public const string Backend = "targets";

    /// <summary>Where it tells metrics of its servers.</summary>
    public const string Metrics = "/metrics?scope=server";

    // What `show stat` tells of a server whose newest check was right, by what it checks.
    private static readonly string[] Right = [",L4OK,", ",L7OK,", ",L6OK,"];

    private readonly HaproxyFile file;
    private readonly int version;

    private HaproxyServer(HaproxyFile file, int version, params IEnumerable<string> arguments)
        : base("HAProxy", file.Threads, Peers.Haproxy.Path, ["-db", "-q", "-f", file.Path, .. arguments])
    {
        this.file = file;
        this.version = version;
        Port = file.Port;
    }

    /// <summary>Starts it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="plan">What it checks.</param>
    /// <param name="threads">How many it runs, each on a core.</param>
    /// <returns>It, once it answers, or null where HAProxy is missing.</returns>
    public static async Task<HaproxyServer?> StartAsync(Bench bench, ChecksPlan plan, int threads = 1)
    {
        if (!Peers.Haproxy.IsThere)
        {
            return null;
        }

        HaproxyServer server = await LaunchAsync(bench, plan, threads);
        await server.WhenListeningAsync(bench.Stop);
        return server;
    }

    /// <summary>Starts it, and does not wait until it answers.</summary>
    public static async Task<HaproxyServer> LaunchAsync(Bench bench, ChecksPlan plan, int threads = 1)
    {
        HaproxyFile first = new(plan, bench.MakeFolder(), FreePort(), threads);
        await first.WriteAsync(version: 0, bench.Stop);
        return new(first, version: 0);
    }

    /// <summary>Whether it has checked its first server and found it up.</summary>
    public async Task<bool> IsFirstOkAsync(CancellationToken stop) => await OkAsync("1", stop) == 1;

    public async Task<bool> AreAllOkAsync(CancellationToken stop) => await OkAsync("-1", stop) == file.Plan.Count;

    /// <summary>Starts a process that takes over, as a reload does, with the last server changed.</summary>
    /// <returns>It, and how long it took from its start until it answered. The servers are yet to be checked by it.</returns>
    public async Task<(HaproxyServer Next, TimeSpan Elapsed)> ReloadAsync(CancellationToken stop)
    {
        await file.WriteAsync(version + 1, stop);
        HaproxyServer next = new(file, version + 1, "-x", file.Socket, "-sf", $"{Process.Id}");
        TimeSpan elapsed = await next.WhenAsync(
            async () => await WebClient.GetAsync(Port, "/version", stop) == $"{version + 1}",
            TimeSpan.FromMilliseconds(1),
            stop
        );
        return (next, elapsed);
    }

    /// <summary>Waits until it has ended by itself, its connections being closed.</summary>
    public Task WhenEndedAsync(CancellationToken stop) => Process.WaitForExitAsync(stop);

    // What `show stat` tells of one server, or of all: a line of values each, with the outcome of the newest check among them.
    private async Task<int> OkAsync(string server, CancellationToken stop)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(file.Socket), stop);
        }
        catch (SocketException)
        {
            return 0;
        }

        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"show stat {Backend} 4 {server}\n"), stop);
        using StreamReader reader = new(stream);
        string stat = await reader.ReadToEndAsync(stop);
        return Right.Sum(right => stat.AsSpan().Count(right));
    }
}

/// <summary>What HAProxy runs from.</summary>
/// <param name="Plan">What it checks.</param>
/// <param name="Folder">Where the file is, and its socket.</param>
/// <param name="Port">Where it answers.</param>
/// <param name="Threads">How many it runs.</param>
internal sealed record HaproxyFile(ChecksPlan Plan, string Folder, int Port, int Threads)
{
    public string Path => System.IO.Path.Combine(Folder, "haproxy.cfg");

    public string Socket => System.IO.Path.Combine(Folder, "haproxy.sock");

    // The new process takes the listening sockets from the old one, and that closes a connection with an answer only: as
    // an operator sets it up who wants no request to be lost.
    public Task WriteAsync(int version, CancellationToken stop) =>
        File.WriteAllTextAsync(
            Path,
            $$"""
            global
              nbthread {{Threads}}
              maxconn 1000
              stats socket {{Socket}} mode 600 level admin expose-fd listeners
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              option idle-close-on-response
            frontend health
              bind 127.0.0.1:{{Port}}
              monitor-uri /health
              monitor fail if { nbsrv({{HaproxyServer.Backend}}) lt 1 }
              http-request use-service prometheus-exporter if { path /metrics }
              http-request return status 200 content-type text/plain string {{version}}
            {{Plan.Servers(version)}}

            """,
            stop
        );
}
