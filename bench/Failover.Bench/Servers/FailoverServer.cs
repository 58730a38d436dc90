using System.Text.Json;

namespace Failover;

/// <summary>Failover in a process of its own that tells how late its turns begin: this program, started again.</summary>
internal sealed class FailoverServer : Subject
{
    private FailoverServer(ServeOrder order)
        : base("Failover", cores: 1, Environment.ProcessPath!, ServedFailover.Verb, order.ToString()) { }

    public static async Task<FailoverServer> StartAsync(Bench bench, ServeOrder order)
    {
        FailoverServer server = new(order);
        return await server.Process.StandardOutput.ReadLineAsync(bench.Stop) is null
            ? throw await server.FaultAsync()
            : server;
    }

    /// <summary>What it tells of itself, since it was asked last.</summary>
    public async Task<ServedFigures> ReportAsync(CancellationToken stop)
    {
        await Process.StandardInput.WriteLineAsync(ServedFailover.Report.AsMemory(), stop);
        await Process.StandardInput.FlushAsync(stop);
        string? line = await Process.StandardOutput.ReadLineAsync(stop);
        return line is null ? throw await FaultAsync() : JsonSerializer.Deserialize<ServedFigures>(line)!;
    }
}
