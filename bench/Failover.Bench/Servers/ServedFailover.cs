using System.Diagnostics;
using System.Text.Json;

namespace Failover;

/// <summary>The child process whose lateness is measured, which no program can ask the single file for: a server as a script would
/// write it, and a line of figures whenever its standard input asks for one.</summary>
internal static class ServedFailover
{
    public const string Verb = "serve";
    public const string Report = "report";

    public static async Task RunAsync(ServeOrder order)
    {
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        using LatenessRecorder lateness = new();
        for (int i = 0; i < order.Checks; i++)
        {
            TcpCheck check = new(
                "127.0.0.1",
                order.IsDead(i) ? order.DeadPort!.Value : order.Ports[i % order.Ports.Length],
                timeout: Units.Second(order.TimeoutSeconds)
            );
            server.AddComponent($"c{i}", new Background(check, Units.Second(order.IntervalSeconds)));
        }

        long started = Stopwatch.GetTimestamp();
        await server.StartAsync();
        Console.WriteLine(server.Port);
        Task<TimeSpan> firstResults = WhenAllHaveResultsAsync(server, started);
        while (await Console.In.ReadLineAsync() is not null)
        {
            Distribution late = lateness.Take();
            ServedFigures figures = new(
                server.Service.Components.Count(component => component.LastKnown().State == HealthState.Ok),
                firstResults.IsCompleted ? (await firstResults).TotalSeconds : null,
                late.Count,
                OrNull(late.At(0.5)),
                OrNull(late.At(0.99)),
                OrNull(late.At(1))
            );
            Console.WriteLine(JsonSerializer.Serialize(figures));
        }
    }

    private static double? OrNull(double value) => double.IsNaN(value) ? null : value;

    // Components come to their first results about in their order, so a look at the first that has none is nearly free.
    private static async Task<TimeSpan> WhenAllHaveResultsAsync(HealthCheckServer server, long started)
    {
        foreach (Component component in server.Service.Components.Where(component => !component.Served.IsOnDemand))
        {
            while (component.LastKnown().Evidence == 0)
            {
                await Task.Delay(10);
            }
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
