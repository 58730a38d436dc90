using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>HTTP checks of nginx, on demand against blackbox_exporter, in the background against HAProxy.</summary>
internal static class HttpCheckScenario
{
    private const string Target = "/health";
    private const int Connections = 16;
    private const double Megabyte = 1e6;

    // A component is asked for again long after its check has ended, so that no two requests share one.
    private const int Components = 1024;

    public static async Task<string> RunAsync(Bench bench)
    {
        await using Subject target = await NginxServer.StartAsync(bench);
        return string.Join('\n', await OnDemandAsync(bench, target.Port), await InBackgroundAsync(bench, target.Port));
    }

    private static async Task<string> OnDemandAsync(Bench bench, int target)
    {
        Bench.Say("HTTP checks on demand");
        ServeOrder order = new()
        {
            Checks = Components,
            Ports = [target],
            HttpPath = Target,
        };
        await using FailoverServer failover = await FailoverServer.StartAsync(bench, order);
        await using Subject exporter = await BlackboxExporter.StartAsync(bench);
        Wrk components = Wrk.For(bench, Connections, [.. Enumerable.Range(0, Components).Select(i => $"/c{i}")]);
        Wrk probes = Wrk.For(bench, Connections, [$"/probe?module=http_2xx&target=http://127.0.0.1:{target}{Target}"]);
        int rounds = bench.Full(5, 1);
        TimeSpan duration = Units.Second(bench.Full(4, 1));
        LoadFigures[] figures = await LoadRounds.RunAsync(
            bench,
            [new("Failover", failover, components), new("blackbox_exporter, `prober: http`", exporter, probes)],
            rounds,
            duration
        );
        return LoadRounds.Table(
            "HTTP checks on demand",
            $"Each request makes one GET of an nginx on the loopback, over a connection of its own; wrk with {Connections} connections, "
                + $"{rounds} alternating rounds of {duration.TotalSeconds} s: median (lowest–highest).",
            "check",
            figures
        );
    }

    private static async Task<string> InBackgroundAsync(Bench bench, int target)
    {
        int checks = bench.Full(1000, 100);
        ServeOrder order = new()
        {
            Checks = checks,
            Ports = [target],
            HttpPath = Target,
            IntervalSeconds = 1,
        };
        int rounds = bench.Full(3, 1);
        TimeSpan window = Units.Second(bench.Full(15, 2));
        List<ProcessUse> failover = [];
        List<ProcessUse> haproxy = [];
        for (int i = 0; i < rounds; i++)
        {
            Bench.Say($"{checks} background HTTP checks, round {i + 1} of {rounds}");
            await using (Subject server = await FailoverServer.StartAsync(bench, order))
            {
                failover.Add(await WatchAsync(bench, server, checks, window));
            }

            await using Subject peer = await HaproxyServer.StartAsync(bench, Servers(checks, target));
            haproxy.Add(await WatchAsync(bench, peer, checks, window));
        }

        Series own = Of(failover, one => one.CpuPerCheck);
        return Tables.Table(
            $"{checks:N0} background HTTP checks every second",
            $"GETs of an nginx on the loopback, a connection each, against HAProxy (`nbthread 1`, `option httpchk GET {Target}`) with {checks:N0} "
                + $"servers, `check inter 1s`; {rounds} alternating rounds of {window.TotalSeconds} s, from the third second on: median (lowest–highest).",
            ["", "CPU-µs/check", "of Failover's", "RSS MB"],
            [Row("Failover", failover, own), Row("HAProxy", haproxy, own)]
        );
    }

    private static string[] Row(string name, List<ProcessUse> rounds, Series own)
    {
        Series cpu = Of(rounds, one => one.CpuPerCheck);
        return [name, $"{cpu}", LoadRounds.Ratio(own, cpu), $"{Of(rounds, one => one.ResidentMegabytes)}"];
    }

    private static Series Of(List<ProcessUse> rounds, Func<ProcessUse, double> figure)
    {
        Series series = new();
        foreach (ProcessUse round in rounds)
        {
            series.Add(figure(round));
        }

        return series;
    }

    private static async Task<ProcessUse> WatchAsync(Bench bench, Subject server, int checks, TimeSpan window)
    {
        await Task.Delay(TimeSpan.FromSeconds(3), bench.Stop);
        long from = Stopwatch.GetTimestamp();
        ProcessFigures before = server.Figures;
        await Task.Delay(window, bench.Stop);
        ProcessFigures after = server.Figures;
        double due = checks * Stopwatch.GetElapsedTime(from).TotalSeconds;
        ProcessUse use = new((after.Cpu - before.Cpu).TotalMicroseconds / due, after.ResidentBytes / Megabyte);
        Bench.Say($"  {server.Name}: {Number.Text(use.CpuPerCheck)} CPU-µs each");
        return use;
    }

    private static string Servers(int checks, int target)
    {
        StringBuilder sections = new($"backend targets\n  mode http\n  option httpchk GET {Target}\n");
        for (int i = 0; i < checks; i++)
        {
            sections.Append(CultureInfo.InvariantCulture, $"  server s{i} 127.0.0.1:{target} check inter 1s\n");
        }

        return sections.ToString();
    }

    private readonly record struct ProcessUse(double CpuPerCheck, double ResidentMegabytes);
}
