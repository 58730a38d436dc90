using System.Diagnostics;
using System.Text.Json;

namespace Failover;

/// <summary>The child process that is Failover under measure: a server as a script would write it, and a line of figures whenever
/// its standard input asks for one.</summary>
internal static class ServedFailover
{
    public const string Verb = "serve";
    public const string Report = "report";
    public const string Release = "release";

    public static async Task RunAsync(ServeOrder order)
    {
        await using HealthCheckServer server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        ProbeCounter counter = new();
        using LatenessRecorder lateness = new();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(order, server, counter, gate.Task);

        long started = Stopwatch.GetTimestamp();
        await server.StartAsync();
        Console.WriteLine(server.Port);
        Task<TimeSpan> firstResults = WhenAllHaveResultsAsync(server, started);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line is Release)
            {
                gate.TrySetResult();
            }

            Distribution late = lateness.Take();
            ServedFigures figures = new(
                counter.Take(),
                server.Service.Components.Count(component => component.LastKnown().Evidence == 0),
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

    private static void Add(ServeOrder order, HealthCheckServer server, ProbeCounter counter, Task gate)
    {
        if (order.HasHealth)
        {
            server.AddComponent("health", new Background(new DelegateCheck(() => true), Units.Second(10)));
        }

        if (order.HasSlow)
        {
            server.AddComponent("slow", new GatedCheck(counter, gate));
        }

        for (int i = 0; i < order.Checks; i++)
        {
            HealthTask check = new CountedCheck(order.HttpPath is null ? Tcp(order, i) : Http(order, i), counter);
            server.AddComponent(
                $"c{i}",
                order.IntervalSeconds is { } seconds ? new Background(check, Units.Second(seconds)) : check
            );
        }
    }

    private static TcpCheck Tcp(ServeOrder order, int check) =>
        new(
            order.SpreadsAddresses && !order.IsDead(check) ? TargetAddress.Of(check).ToString() : "127.0.0.1",
            order.IsDead(check) ? order.DeadPort!.Value : order.Ports[check % order.Ports.Length],
            timeout: Units.Second(order.TimeoutSeconds),
            close: order.Close
        );

    private static HttpCheck Http(ServeOrder order, int check) =>
        new(
            $"http://127.0.0.1:{order.Ports[check % order.Ports.Length]}{order.HttpPath}?c{check}",
            timeout: Units.Second(order.TimeoutSeconds)
        );

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
