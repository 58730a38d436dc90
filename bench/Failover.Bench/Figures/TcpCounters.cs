namespace Failover;

/// <summary>What the kernel has counted in this network namespace (RFC 4022, tcpActiveOpens): every connection that some program
/// began.</summary>
internal readonly record struct TcpCounters(long ActiveOpens)
{
    public static TcpCounters Read()
    {
        string[][] lines =
        [
            .. File.ReadLines("/proc/net/snmp")
                .Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))
                .Select(line => line.Split(' ')),
        ];
        return new(Number.ParseLong(lines[1][Array.IndexOf(lines[0], "ActiveOpens")]));
    }
}
