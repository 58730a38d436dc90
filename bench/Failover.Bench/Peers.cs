namespace Failover;

/// <summary>Where the programs are that Failover is measured against, and with.</summary>
internal static class Peers
{
    public static string Haproxy => Find("haproxy", "haproxy");

    public static string Nginx => Find("nginx", "nginx-light");

    public static string BlackboxExporter => Find("prometheus-blackbox-exporter", "prometheus-blackbox-exporter");

    public static string Wrk => Find("wrk", "wrk");

    // Debian puts servers where the PATH of an ordinary user does not look.
    private static string Find(string program, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin"
            .Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new BenchException($"{program} is missing; install the Debian package {package}");
}
