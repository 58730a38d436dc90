using System.Text.Json;

namespace Failover;

/// <summary>Failover in a process of its own: this program, started again.</summary>
internal sealed class FailoverServer : Subject
{
    private FailoverServer(string name, ServeOrder order)
        : base(name, Environment.ProcessPath!, ServedFailover.Verb, order.ToString()) { }

    public static async Task<FailoverServer> StartAsync(Bench bench, ServeOrder order, string name = "Failover")
    {
        FailoverServer server = new(name, order);
        string? port = await server.Process.StandardOutput.ReadLineAsync(bench.Stop);
        return port is null ? throw await server.FaultAsync() : server.With(Number.Parse(port));
    }

    /// <summary>What it tells of itself, since it was asked last.</summary>
    public Task<ServedFigures> ReportAsync(CancellationToken stop) => AskAsync(ServedFailover.Report, stop);

    /// <summary>Ends the slow check.</summary>
    public Task<ServedFigures> ReleaseAsync(CancellationToken stop) => AskAsync(ServedFailover.Release, stop);

    private async Task<ServedFigures> AskAsync(string question, CancellationToken stop)
    {
        await Process.StandardInput.WriteLineAsync(question.AsMemory(), stop);
        await Process.StandardInput.FlushAsync(stop);
        string? line = await Process.StandardOutput.ReadLineAsync(stop);
        return line is null ? throw await FaultAsync() : JsonSerializer.Deserialize<ServedFigures>(line)!;
    }

    private FailoverServer With(int port)
    {
        Port = port;
        return this;
    }
}
