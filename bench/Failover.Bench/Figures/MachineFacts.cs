using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What the figures were taken on and with.</summary>
internal static class MachineFacts
{
    public static async Task<string> ReadAsync(CancellationToken stop)
    {
        string missing = string.Join(", ", Peers.All.Where(peer => !peer.IsThere).Select(peer => peer.Name));
        if (missing.Length > 0)
        {
            Bench.Say($"missing here, and left out: {missing}");
        }

        string[] load = (await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ');
        return Tables.Table(
            "Machine",
            $"Taken on {TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.",
            ["fact", "value"],
            [
                [
                    "processor",
                    $"{Processor()}, {Cores.Count} cores: servers on {Cores.Server(1)}, load on {Cores.Load}",
                ],
                ["single file", await FirstLineAsync(DaemonServer.Program, "--version", stop)],
                ["load average before the run", $"{load[0]} (1 min), {load[1]} (5 min)"],
                ["kernel", $"Linux {(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", stop)).Trim()}"],
                ["system", RuntimeInformation.OSDescription],
                [".NET", $"{Environment.Version}, {(Environment.IsPrivilegedProcess ? "root" : "not root")}"],
                ["HAProxy", Words(await FirstLineAsync(Peers.Haproxy, "-v", stop), 2)],
                ["nginx", await FirstLineAsync(Peers.Nginx, "-v", stop)],
                [
                    "blackbox_exporter",
                    Words(await FirstLineAsync(Peers.BlackboxExporter, "--version", stop), 2).TrimEnd(','),
                ],
                ["wrk", Words(await FirstLineAsync(Peers.Wrk, "-v", stop), 1)],
                ["missing", missing.Length == 0 ? "nothing" : missing],
            ]
        );
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault("unknown");

    private static string Words(string line, int from) => line.Split(' ').ElementAtOrDefault(from) ?? line;

    private static async Task<string> FirstLineAsync(Peer peer, string argument, CancellationToken stop) =>
        peer.IsThere ? await FirstLineAsync(peer.Path, argument, stop) : "missing";

    // Some print their version to the one, some to the other.
    private static async Task<string> FirstLineAsync(string program, string argument, CancellationToken stop)
    {
        if (!File.Exists(program))
        {
            return "missing";
        }

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
