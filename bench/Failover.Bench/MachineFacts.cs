using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What the figures were taken on and with.</summary>
internal static class MachineFacts
{
    public static async Task<string> ReadAsync(CancellationToken stop)
    {
        string haproxy = await FirstLineAsync(Peers.Haproxy, "-v", stop);
        string nginx = await FirstLineAsync(Peers.Nginx, "-v", stop);
        string blackbox = await FirstLineAsync(Peers.BlackboxExporter, "--version", stop);
        string wrk = await FirstLineAsync(Peers.Wrk, "-v", stop);
        string[] load = (await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ');
        return Tables.Table(
            "Machine",
            $"Taken on {TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.",
            ["fact", "value"],
            [
                ["processor", $"{Processor()}, {Environment.ProcessorCount} cores"],
                ["load average before the run", $"{load[0]} (1 min), {load[1]} (5 min)"],
                ["kernel", $"Linux {(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", stop)).Trim()}"],
                ["system", RuntimeInformation.OSDescription],
                [".NET", $"{Environment.Version}, {(Environment.IsPrivilegedProcess ? "root" : "not root")}"],
                ["HAProxy", Words(haproxy, 2)],
                ["nginx", nginx],
                ["blackbox_exporter", Words(blackbox, 2).TrimEnd(',')],
                ["wrk", Words(wrk, 1)],
            ]
        );
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault("unknown");

    private static string Words(string line, int from) => line.Split(' ').ElementAtOrDefault(from) ?? line;

    // Some print their version to the one, some to the other.
    private static async Task<string> FirstLineAsync(string program, string argument, CancellationToken stop)
    {
        ProcessStartInfo start = new(program, [argument])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop);
        string errors = await process.StandardError.ReadToEndAsync(stop);
        return (await output + errors).Split('\n')[0];
    }
}
