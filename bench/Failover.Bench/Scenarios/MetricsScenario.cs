using System.Diagnostics;

namespace Failover;

/// <summary>A scrape of 100,000 series while polls go on, beside HAProxy's exporter with about as many.</summary>
internal static class MetricsScenario
{
    private const int Series = 100_000;
    private const int SeriesOfComponent = 10;

    // What HAProxy 2.6 tells of a server.
    private const int SeriesOfServer = 50;
    private const int Scrapes = 5;
    private const double LongestPause = 5;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        int series = bench.Full(Series, Series / 10);
        ChecksPlan components = new(series / SeriesOfComponent, targets.Ports);
        ChecksPlan servers = new(series / SeriesOfServer, targets.Ports);
        MetricsFigures own = new("Failover");
        MetricsFigures its = new("HAProxy");
        for (int round = 0; round < bench.Rounds; round++)
        {
            await using (DaemonServer failover = await DaemonServer.StartAsync(bench, components))
            {
                await failover.WhenAllOkAsync(bench.Stop);
                await MeasureAsync(bench, failover, (failover.ManagementPort, "/-/metrics"), components.Polled, own);
            }

            await using HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, servers);
            if (haproxy is not null)
            {
                (int Port, string Path) exporter = (haproxy.Port, HaproxyServer.Metrics);
                await MeasureAsync(bench, haproxy, exporter, ["/health"], its);
            }
        }

        bench.Verdicts.AtMost($"GET while {series:N0} series are scraped: p99.9", own.P999, LongestPause, "ms");
        bench.Verdicts.AtMostTimes("CPU time for 100,000 series", its.Name, own.Cpu, its.Cpu, 1);
        return Tables.Table(
            $"Scrapes of {series:N0} series",
            $"Failover with {components.Count:N0} components, HAProxy with {servers.Count:N0} servers: each tells some {series:N0} series. CPU time and duration of a scrape "
                + $"by itself, and {TailScenario.PollsPerSecond:N0} polls/s at fixed times over 32 connections while one scrape follows the other; latency from the time at which a poll "
                + "was due, in ms. Each alone, on one core, and started anew for each round.",
            [
                "",
                "series",
                "MB",
                "ms a scrape",
                "CPU ms per 100,000 series",
                "polls meanwhile: p99",
                "p99.9",
                "longest",
            ],
            ((MetricsFigures[])[own, its]).Where(figures => figures.P999.Count > 0).Select(figures => figures.Row())
        );
    }

    private static async Task MeasureAsync(
        Bench bench,
        Subject server,
        (int Port, string Path) exporter,
        IReadOnlyList<string> polled,
        MetricsFigures figures
    )
    {
        // The first one makes what the others use.
        string text = await ScrapeAsync(exporter, bench.Stop);
        int series = text.Split('\n').Count(line => line.Length > 0 && line[0] != '#');
        TimeSpan cpu = server.Figures.Cpu;
        long from = Stopwatch.GetTimestamp();
        for (int i = 0; i < Scrapes; i++)
        {
            await ScrapeAsync(exporter, bench.Stop);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(from) / Scrapes;
        cpu = (server.Figures.Cpu - cpu) / Scrapes;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(bench.Stop);
        Task scraping = ScrapeOnAsync(exporter, over.Token);
        OpenLoop.Outcome outcome = await OpenLoop.RunAsync(
            server.Port,
            polled,
            TailScenario.PollsPerSecond,
            TimeSpan.FromSeconds(bench.Full(6, 2)),
            bench.Stop
        );
        await over.CancelAsync();
        await scraping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        figures.Add(series, text.Length, elapsed, cpu, outcome);
        Bench.Say(
            $"  {figures.Name}: {series:N0} series in {Number.Text(elapsed.TotalMilliseconds)} ms, CPU {Number.Text(cpu.TotalMilliseconds)} ms; polls p99.9 {Number.Text(outcome.P999)} ms"
        );
    }

    private static async Task ScrapeOnAsync((int Port, string Path) exporter, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await ScrapeAsync(exporter, over);
        }
    }

    private static async Task<string> ScrapeAsync((int Port, string Path) exporter, CancellationToken stop) =>
        await WebClient.GetAsync(exporter.Port, exporter.Path, stop)
        ?? throw new BenchException($"{exporter.Path} of port {exporter.Port} does not answer");
}

/// <summary>What several rounds of scrapes gave.</summary>
internal sealed class MetricsFigures(string name)
{
    private readonly Series series = new();
    private readonly Series size = new();
    private readonly Series elapsed = new();
    private readonly Series p99 = new();
    private readonly Series longest = new();

    public string Name => name;

    /// <summary>CPU time for 100,000 series, in ms.</summary>
    public Series Cpu { get; } = new();

    public Series P999 { get; } = new();

    public void Add(int count, int length, TimeSpan took, TimeSpan cpu, OpenLoop.Outcome polls)
    {
        series.Add(count);
        size.Add(length / 1e6);
        elapsed.Add(took.TotalMilliseconds);
        Cpu.Add(cpu.TotalMilliseconds * 100_000 / count);
        p99.Add(polls.P99);
        P999.Add(polls.P999);
        longest.Add(polls.Longest);
    }

    public string[] Row() => [name, $"{series}", $"{size}", $"{elapsed}", $"{Cpu}", $"{p99}", $"{P999}", $"{longest}"];
}
