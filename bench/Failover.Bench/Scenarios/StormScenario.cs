using System.Diagnostics;

namespace Failover;

/// <summary>Very many requests for a component whose check is slow, and another component beside it.</summary>
internal static class StormScenario
{
    private const int PollerConnections = 4;

    public static async Task<string> RunAsync(Bench bench)
    {
        int count = bench.Full(10_000, 1_000);
        TimeSpan duration = Units.Second(bench.Full(4, 1));
        Bench.Say($"{count} requests during one slow check");
        using TargetListeners targets = new();
        using SlowTarget slow = new();
        ChecksPlan plan = new(Count: 1, targets.Ports)
        {
            MoreComponents = $"  slow: {{http: http://127.0.0.1:{slow.Port}/, timeout: 5m}}\n",
        };
        await using DaemonServer server = await DaemonServer.StartAsync(bench, plan);
        Wrk poller = Wrk.For(bench, PollerConnections, ["/c0"]);
        await poller.RunAsync(server.Port, TimeSpan.FromSeconds(1), bench.Stop);
        Wrk.Outcome before = await poller.RunAsync(server.Port, duration, bench.Stop);

        using Process storm = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [StormClient.Verb, $"{server.Port}", "/slow", $"{count}"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        await using CancellationTokenRegistration ending = bench.Stop.Register(storm.Kill);
        Task<Wrk.Outcome> arriving = poller.RunAsync(server.Port, duration, bench.Stop);
        if (await storm.StandardOutput.ReadLineAsync(bench.Stop) is not StormClient.AllSent)
        {
            throw new BenchException("the requests could not be sent");
        }

        Wrk.Outcome whileArriving = await arriving;
        Wrk.Outcome whileWaiting = await poller.RunAsync(server.Port, duration, bench.Stop);
        slow.Release();
        string answered = await storm.StandardOutput.ReadLineAsync(bench.Stop) ?? "0";
        await storm.WaitForExitAsync(bench.Stop);
        return Tables.Table(
            $"{count:N0} requests during one slow check",
            $"{count:N0} connections ask for one on-demand component whose check does not end; {PollerConnections} connections of "
                + "wrk poll another one, from memory, as fast as it answers. Then the check ends: "
                + $"**{slow.Connections} check was made, {Number.Parse(answered):N0} of {count:N0} requests were answered.**",
            ["the other component", "requests/s", "p50 ms", "p99 ms", "broken"],
            [Row("before", before), Row("while they arrive", whileArriving), Row("while they wait", whileWaiting)]
        );
    }

    private static string[] Row(string name, Wrk.Outcome outcome) =>
        [
            name,
            Number.Text(outcome.PerSecond),
            Number.Text(outcome.P50.TotalMilliseconds),
            Number.Text(outcome.P99.TotalMilliseconds),
            $"{outcome.Refused}",
        ];
}
