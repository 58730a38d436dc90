using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>HAProxy with one thread and very many servers to check, which tells over its socket what it knows of them.</summary>
internal sealed class CheckingHaproxy : Subject
{
    public const string Backend = "targets";

    private readonly ChecksPlan plan;
    private readonly string folder;
    private readonly string extra;
    private readonly int version;

    private CheckingHaproxy(
        ChecksPlan plan,
        string folder,
        string extra,
        int port,
        int version,
        params IEnumerable<string> arguments
    )
        : base("HAProxy", Peers.Haproxy, ["-db", "-q", "-f", FileIn(folder), .. arguments])
    {
        this.plan = plan;
        this.folder = folder;
        this.extra = extra;
        this.version = version;
        Port = port;
    }

    /// <summary>Starts it.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="plan">What it checks.</param>
    /// <param name="extra">A line of its global section.</param>
    public static async Task<CheckingHaproxy> StartAsync(Bench bench, ChecksPlan plan, string extra = "")
    {
        string home = bench.MakeFolder();
        int port = FreePort();
        await WriteAsync(plan, home, extra, port, version: 0, bench.Stop);
        return new(plan, home, extra, port, version: 0);
    }

    /// <summary>Whether it answers at all; that says nothing about its servers.</summary>
    public async Task<bool> IsAnsweringAsync(CancellationToken stop) =>
        await WebClient.GetAsync(Port, "/health", stop) is not null;

    /// <summary>Whether it has looked at its first server and found it up.</summary>
    public async Task<bool> IsFirstOkAsync(CancellationToken stop) => await OkAsync("1", stop) == 1;

    public async Task<bool> AreAllOkAsync(CancellationToken stop) => await OkAsync("-1", stop) == plan.Count;

    /// <summary>Starts a process that takes over, as a reload does, with the last server changed.</summary>
    /// <returns>It, and how long it took from its start until it answered. The servers are yet to be checked by it.</returns>
    public async Task<(CheckingHaproxy Next, TimeSpan Elapsed)> ReloadAsync(CancellationToken stop)
    {
        await WriteAsync(plan, folder, extra, Port, version + 1, stop);
        CheckingHaproxy next = new(
            plan,
            folder,
            extra,
            Port,
            version + 1,
            ["-x", SocketIn(folder), "-sf", $"{Process.Id}"]
        );
        TimeSpan elapsed = await next.WhenAsync(
            async () => await WebClient.GetAsync(Port, "/version", stop) == $"{version + 1}",
            TimeSpan.FromMilliseconds(1),
            stop
        );
        return (next, elapsed);
    }

    /// <summary>Waits until it has ended by itself, its connections being closed.</summary>
    public Task WhenEndedAsync(CancellationToken stop) => Process.WaitForExitAsync(stop);

    private static string FileIn(string folder) => Path.Combine(folder, "haproxy.cfg");

    private static string SocketIn(string folder) => Path.Combine(folder, "haproxy.sock");

    private static Task WriteAsync(
        ChecksPlan plan,
        string folder,
        string extra,
        int port,
        int version,
        CancellationToken stop
    ) =>
        // The new process takes the listening sockets from the old one, and that closes a connection with an answer only: as
        // an operator sets it up who wants no request to be lost.
        File.WriteAllTextAsync(
            FileIn(folder),
            $"""
            global
              nbthread 1
              maxconn 1000
              stats socket {SocketIn(folder)} mode 600 level admin expose-fd listeners
              {extra}
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              option idle-close-on-response
            frontend health
              bind 127.0.0.1:{port}
              monitor-uri /health
              http-request return status 200 content-type text/plain string {version}
            {plan.Servers(version)}

            """,
            stop
        );

    // What `show stat` tells of one server, or of all: a line of values each, with the outcome of the newest check among them.
    private async Task<int> OkAsync(string server, CancellationToken stop)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketIn(folder)), stop);
        }
        catch (SocketException)
        {
            return 0;
        }

        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"show stat {Backend} 4 {server}\n"), stop);
        using StreamReader reader = new(stream);
        return (await reader.ReadToEndAsync(stop)).AsSpan().Count(",L4OK,");
    }
}
