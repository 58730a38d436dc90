using System.Globalization;

namespace Failover;

/// <summary>How long it takes until another configuration is in force, and what pollers feel of it.</summary>
internal static class DaemonReloads
{
    private const int PollerConnections = 4;

    // How long pollers run before the reload begins.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(100);

    public static async Task<string> RunAsync(Bench bench, ChecksPlan plan, int rounds)
    {
        Bench.Say($"reloads of {plan.Count} components");
        TimeSpan duration = Units.Second(bench.Full(8, 4));
        Wrk components = Wrk.For(bench, PollerConnections, plan.Polled);
        Wrk health = Wrk.For(bench, PollerConnections, ["/health"]);
        string state = Path.Combine(bench.Directory, $"{Guid.NewGuid():N}.db");
        await using DaemonServer failover = await DaemonServer.StartAsync(bench, plan, state);
        await using HaproxyGenerations haproxy = await HaproxyGenerations.StartAsync(bench, plan);
        await failover.WhenAsync(() => failover.AreAllOkAsync(bench.Stop), Seldom, bench.Stop);
        ReloadFigures[] figures =
        [
            new(
                "Failover, one component changed",
                components,
                failover.Port,
                () => failover.ReloadAsync(isChanged: true, bench.Stop)
            ),
            new(
                "Failover, nothing changed",
                components,
                failover.Port,
                () => failover.ReloadAsync(isChanged: false, bench.Stop)
            ),
            new(
                "HAProxy, a new process (`-sf`, `-x`), one server changed",
                health,
                haproxy.Port,
                () => haproxy.ReloadAsync(bench.Stop)
            ),
        ];
        // Not counted: what only happens at first.
        foreach (ReloadFigures each in figures)
        {
            await each.Reload();
            await each.Requests.RunAsync(each.Port, Lead, bench.Stop);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (ReloadFigures each in figures)
            {
                await MeasureAsync(bench, each, duration);
            }
        }

        return Table(plan, rounds, figures);
    }

    private static async Task MeasureAsync(Bench bench, ReloadFigures figures, TimeSpan duration)
    {
        double quiet = (await figures.Reload()).TotalSeconds;
        Wrk.Outcome without = await figures.Requests.RunAsync(figures.Port, duration / 2, bench.Stop);
        Task<Wrk.Outcome> polling = figures.Requests.RunAsync(figures.Port, duration, bench.Stop);
        await Task.Delay(Lead, bench.Stop);
        double polled = (await figures.Reload()).TotalSeconds;
        if (polling.IsCompleted)
        {
            throw new BenchException(
                $"{figures.Name}: the reload took longer than the polling, {Number.Text(polled)} s"
            );
        }

        figures.Add(quiet, polled, without, await polling);
    }

    private static string Table(ChecksPlan plan, int rounds, ReloadFigures[] rows) =>
        Tables.Table(
            string.Create(CultureInfo.InvariantCulture, $"Reload of {plan.Count:N0} components"),
            "Seconds until the new configuration is in force: Failover from SIGHUP until it tells its service manager so, HAProxy from "
                + "the start of the new process until that answers. Once with nobody asking, and once while "
                + $"{PollerConnections} connections of wrk poll as fast as they are answered (Failover: {plan.Polled.Count} components "
                + $"that do not change, HAProxy: its `monitor-uri`). {rounds} alternating rounds: median (lowest–highest).",
            [
                "",
                "in force, s",
                "of Failover's",
                "while polled, s",
                "longest answer, ms",
                "without a reload, ms",
                "not 2xx or broken",
            ],
            rows.Select(row =>
                (string[])
                    [
                        row.Name,
                        $"{row.Quiet}",
                        LoadRounds.Ratio(rows[0].Quiet, row.Quiet),
                        $"{row.Polled}",
                        $"{row.LongestMilliseconds}",
                        $"{row.LongestWithoutMilliseconds}",
                        $"{row.Refused}",
                    ]
            )
        );
}

/// <summary>One way to reload, and what several rounds of it gave.</summary>
/// <param name="name">What it is.</param>
/// <param name="requests">What pollers ask meanwhile.</param>
/// <param name="port">Where.</param>
/// <param name="reload">Reloads; gives how long it took.</param>
internal sealed class ReloadFigures(string name, Wrk requests, int port, Func<Task<TimeSpan>> reload)
{
    public string Name => name;

    public Wrk Requests => requests;

    public int Port => port;

    public Func<Task<TimeSpan>> Reload => reload;

    /// <summary>Seconds, with nobody asking.</summary>
    public Series Quiet { get; } = new();

    /// <summary>Seconds, while pollers ask.</summary>
    public Series Polled { get; } = new();

    public Series LongestMilliseconds { get; } = new();

    public Series LongestWithoutMilliseconds { get; } = new();

    public long Refused { get; private set; }

    public void Add(double quiet, double polled, Wrk.Outcome without, Wrk.Outcome during)
    {
        Quiet.Add(quiet);
        Polled.Add(polled);
        LongestMilliseconds.Add(during.Longest.TotalMilliseconds);
        LongestWithoutMilliseconds.Add(without.Longest.TotalMilliseconds);
        Refused += during.Refused;
        Bench.Say(
            $"  {name}: {Number.Text(quiet)} s, {Number.Text(polled)} s while polled, longest answer "
                + $"{Number.Text(during.Longest.TotalMilliseconds)} ms ({Number.Text(without.Longest.TotalMilliseconds)} ms without), "
                + $"{during.Refused} refused"
        );
    }
}
