namespace Failover;

/// <summary>A program that Failover is measured against, or with.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Program">The name of its file.</param>
/// <param name="Package">The Debian package with it.</param>
internal sealed record Peer(string Name, string Program, string Package)
{
    private readonly Lazy<string?> path = new(() => Find(Program));

    public bool IsThere => path.Value is not null;

    /// <exception cref="BenchException">It is missing.</exception>
    public string Path =>
        path.Value ?? throw new BenchException($"{Program} is missing; install the Debian package {Package}");

    // Debian puts servers where the PATH of an ordinary user does not look.
    private static string? Find(string program) =>
        program.Contains('/')
            ? File.Exists(program)
                ? System.IO.Path.GetFullPath(program)
                : null
            : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin"
                .Split(':')
                .Select(folder => System.IO.Path.Combine(folder, program))
                .FirstOrDefault(File.Exists);
}

/// <summary>All of them.</summary>
internal static class Peers
{
    public static Peer Haproxy { get; } = new("HAProxy", "haproxy", "haproxy");

    public static Peer Nginx { get; } = new("nginx", "nginx", "nginx-light");

    public static Peer BlackboxExporter { get; } =
        new("blackbox_exporter", "prometheus-blackbox-exporter", "prometheus-blackbox-exporter");

    /// <summary>What the page is measured in.</summary>
    public static Peer Chromium { get; } = new("Chromium", "chromium", "chromium");

    /// <summary>The program of bench/connect-loop.c, which build.sh compiles.</summary>
    public static Peer ConnectLoop { get; } = new("bare C loop", "artifacts/bench/connect-loop", "gcc");

    public static Peer Wrk { get; } = new("wrk", "wrk", "wrk");

    public static Peer Strace { get; } = new("strace", "strace", "strace");

    public static Peer Taskset { get; } = new("taskset", "taskset", "util-linux");

    public static IEnumerable<Peer> All =>
        [Haproxy, Nginx, BlackboxExporter, ConnectLoop, Wrk, Strace, Taskset, Chromium];
}
