using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>How many background checks there are, how often they run and how long they are watched: the same for all.</summary>
internal sealed class BackgroundPlan(Bench bench, TargetListener listener)
{
    private const double Megabyte = 1e6;

    public Bench Bench => bench;

    public int Checks { get; } = bench.Full(10_000, 500);

    public TimeSpan Interval { get; } = Units.Second(bench.Full(10, 1));

    private TimeSpan Window { get; } = Units.Second(bench.Full(30, 3));

    public ServeOrder Order(TcpClose close) =>
        new()
        {
            Checks = Checks,
            Ports = [listener.Port],
            SpreadsAddresses = true,
            IntervalSeconds = (int)Interval.TotalSeconds,
            Close = close,
        };

    /// <summary>A backend with a server for each check.</summary>
    public string HaproxySections(TcpClose close)
    {
        StringBuilder sections = new("backend targets\n  mode tcp\n");
        if (close == TcpClose.Fin)
        {
            sections.Append("  option tcp-check\n  tcp-check connect linger\n");
        }

        for (int i = 0; i < Checks; i++)
        {
            sections.Append(
                CultureInfo.InvariantCulture,
                $"  server s{i} {TargetAddress.Of(i)}:{listener.Port} check inter {(int)Interval.TotalSeconds}s\n"
            );
        }

        return sections.ToString();
    }

    /// <summary>Waits until every component has a result.</summary>
    /// <returns>How long it took from the start of the server, in seconds.</returns>
    public async Task<double> WhenAllHaveResultsAsync(FailoverServer server)
    {
        while (true)
        {
            if ((await server.ReportAsync(bench.Stop)).FirstResultsSeconds is { } seconds)
            {
                return seconds;
            }

            await Task.Delay(100, bench.Stop);
        }
    }

    /// <summary>Lets an interval pass, in which every check takes its place in it.</summary>
    public Task SettleAsync() => Task.Delay(Interval + TimeSpan.FromMilliseconds(500), bench.Stop);

    public async Task<BackgroundFigures> WatchAsync(Subject server, string name, TcpClose close)
    {
        long from = Stopwatch.GetTimestamp();
        ProcessFigures before = server.Figures;
        TcpCounters opened = TcpCounters.Read();
        await Task.Delay(Window, bench.Stop);
        ProcessFigures after = server.Figures;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(from);
        double checks =
            close == TcpClose.Fin
                ? listener.Arrivals.Count(arrival => arrival.At >= from)
                : TcpCounters.Read().ActiveOpens - opened.ActiveOpens;
        double due = Checks * (elapsed / Interval);
        BackgroundFigures figures = new(
            name,
            close,
            checks / elapsed.TotalSeconds,
            (after.Cpu - before.Cpu).TotalMicroseconds / due,
            after.ResidentBytes / Megabyte,
            AllLookedAt(server),
            Deviation.Of(listener.Arrivals, Interval, from)
        );
        Bench.Say(
            $"  {Number.Text(figures.ChecksPerSecond)} checks/s, {Number.Text(figures.CpuPerCheck)} CPU-µs each, "
                + $"{Number.Text(figures.ResidentMegabytes)} MB, deviation {figures.Deviation}"
        );
        return figures;
    }

    public string Table(BackgroundFigures[] rows)
    {
        double[] cpu = [.. rows.Select(row => row.CpuPerCheck)];
        return Tables.Table(
            $"{Checks:N0} background TCP checks every {Interval.TotalSeconds} s",
            $"Against HAProxy (`nbthread 1`) with {Checks:N0} servers, `check inter {Interval.TotalSeconds}s`. Watched for "
                + $"{Window.TotalSeconds} s, from the second interval on. `rst` is the default of both; with `fin` (HAProxy: "
                + "`tcp-check connect linger`) the listener sees each connection: “deviation” is how far the time between two looks "
                + "at a target is from the interval, “all looked at” is from the start of the process. Checks/s with "
                + "`rst` are what the kernel counted (tcpActiveOpens of the whole machine), with `fin` what the listener did.",
            [
                "",
                "checks/s",
                "CPU-µs/check",
                "of Failover's",
                "RSS MB",
                "deviation p50 / p99 / max",
                "all looked at, s",
            ],
            rows.Select(
                (row, index) =>
                    (string[])
                        [
                            $"{row.Name}, {(row.Close == TcpClose.Rst ? "rst" : "fin")}",
                            Number.Text(row.ChecksPerSecond),
                            Number.Text(row.CpuPerCheck),
                            $"{Number.Text(cpu[index] / cpu[index - (index % 2)])} ×",
                            Number.Text(row.ResidentMegabytes),
                            $"{row.Deviation}",
                            row.AllLookedAtSeconds is { } seconds ? Number.Text(seconds) : "not seen",
                        ]
            )
        );
    }

    private double? AllLookedAt(Subject server)
    {
        HashSet<int> seen = [];
        foreach (TargetListener.Arrival arrival in listener.Arrivals.Where(arrival => arrival.At >= server.StartedAt))
        {
            if (seen.Add(arrival.Target) && seen.Count == Checks)
            {
                return Stopwatch.GetElapsedTime(server.StartedAt, arrival.At).TotalSeconds;
            }
        }

        return null;
    }
}
