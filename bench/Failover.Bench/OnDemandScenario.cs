namespace Failover;

/// <summary>A request that makes one TCP check, against the exporter that does the same for Prometheus.</summary>
internal static class OnDemandScenario
{
    private const int Connections = 16;
    private const int Listeners = 8;

    // A component is asked for again long after its check has ended, so that no two requests share one.
    private const int Components = 1024;

    public static async Task<string> RunAsync(Bench bench)
    {
        TargetListener[] listeners =
        [
            .. Enumerable.Range(0, Listeners).Select(_ => new TargetListener(hasManyAddresses: false)),
        ];
        try
        {
            return await MeasureAsync(bench, [.. listeners.Select(listener => listener.Port)]);
        }
        finally
        {
            Array.ForEach(listeners, listener => listener.Dispose());
        }
    }

    private static async Task<string> MeasureAsync(Bench bench, int[] ports)
    {
        Bench.Say("TCP checks on demand");
        ServeOrder order = new() { Checks = Components, Ports = ports };
        await using FailoverServer rst = await FailoverServer.StartAsync(bench, order);
        await using FailoverServer fin = await FailoverServer.StartAsync(bench, order with { Close = TcpClose.Fin });
        await using Subject exporter = await BlackboxExporter.StartAsync(bench);
        Wrk components = Wrk.For(bench, Connections, [.. Enumerable.Range(0, Components).Select(i => $"/c{i}")]);
        Wrk probes = Wrk.For(
            bench,
            Connections,
            [.. ports.Select(port => $"/probe?module=tcp_connect&target=127.0.0.1:{port}")]
        );
        int rounds = bench.Full(5, 1);
        TimeSpan duration = Units.Second(bench.Full(4, 1));
        Load[] loads =
        [
            new("Failover, `close: rst` (its default)", rst, components),
            new("Failover, `close: fin`", fin, components),
            new("blackbox_exporter, `prober: tcp`", exporter, probes),
        ];

        TcpCounters before = TcpCounters.Read();
        LoadFigures[] figures = await LoadRounds.RunAsync(bench, loads, rounds, duration);
        Bench.Say($"  {TcpCounters.Read().ActiveOpens - before.ActiveOpens} connections in all");
        string proof = await ProveAsync(bench, rst, components, duration);
        return LoadRounds.Table(
            "TCP checks on demand",
            $"Each request makes one connection to a listener of the loopback ({Listeners} of them); wrk with {Connections} "
                + $"connections, {rounds} alternating rounds of {duration.TotalSeconds} s: median (lowest–highest). {proof}",
            "check",
            figures
        );
    }

    // Failover shares an evaluation among the requests that wait for it, so that every request was a check has to be shown.
    private static async Task<string> ProveAsync(Bench bench, FailoverServer server, Wrk requests, TimeSpan duration)
    {
        await server.ReportAsync(bench.Stop);
        Wrk.Outcome outcome = await requests.RunAsync(server.Port, duration, bench.Stop);
        long probes = (await server.ReportAsync(bench.Stop)).Probes;
        return $"Counted in one more round of Failover: {probes:N0} checks for {outcome.Requests:N0} answers "
            + $"(over {Components} components in turn; the difference is what wrk leaves unanswered at its end).";
    }
}
