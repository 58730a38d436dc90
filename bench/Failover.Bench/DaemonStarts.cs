using System.Globalization;

namespace Failover;

/// <summary>How long it takes from the start of a process until it answers, and until it knows.</summary>
internal static class DaemonStarts
{
    private const double Megabyte = 1e6;

    // HAProxy's largest time between the first checks of the first and the last server, in milliseconds; 0 is no limit.
    private const string AtOnce = "max-spread-checks 1";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(1);

    // An answer that lists all components costs far more than one that tells of one of them.
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(20);

    /// <summary>Has the disk's pages in memory and this program compiled.</summary>
    public static async Task WarmUpAsync(Bench bench, ChecksPlan plan)
    {
        await MeasureFailoverAsync(bench, plan, new("Failover"), StateFile(bench));
        await MeasureHaproxyAsync(bench, plan, new("HAProxy"), AtOnce);
    }

    public static async Task<string> RunAsync(Bench bench, ChecksPlan plan, int rounds)
    {
        StartFigures fresh = new("Failover, no state yet");
        StartFigures again = new("Failover, with the state of the start before");
        StartFigures haproxy = new("HAProxy");
        StartFigures haproxyAtOnce = new($"HAProxy, `{AtOnce}`");
        for (int round = 0; round < rounds; round++)
        {
            Bench.Say($"start with {plan.Count} components, round {round + 1} of {rounds}");
            string state = StateFile(bench);
            await MeasureFailoverAsync(bench, plan, fresh, state);
            await MeasureFailoverAsync(bench, plan, again, state);
            await MeasureHaproxyAsync(bench, plan, haproxy, "");
            await MeasureHaproxyAsync(bench, plan, haproxyAtOnce, AtOnce);
        }

        return Table(bench, plan, rounds, [fresh, again, haproxy, haproxyAtOnce]);
    }

    private static async Task MeasureFailoverAsync(Bench bench, ChecksPlan plan, StartFigures figures, string state)
    {
        await using DaemonServer server = await DaemonServer.StartAsync(bench, plan, state);
        bool? isFirstOk = null;
        TimeSpan answers = await server.WhenAsync(
            async () => (isFirstOk = await server.IsOkAsync("c0", bench.Stop)) is not null,
            Often,
            bench.Stop
        );
        TimeSpan first = isFirstOk is true
            ? answers
            : await server.WhenAsync(async () => await server.IsOkAsync("c0", bench.Stop) is true, Often, bench.Stop);
        // The last one is among the last that are looked at.
        await server.WhenAsync(async () => await server.IsOkAsync(plan.Changed, bench.Stop) is true, Often, bench.Stop);
        TimeSpan all = await server.WhenAsync(() => server.AreAllOkAsync(bench.Stop), Seldom, bench.Stop);
        figures.Add(answers, first, all, server.Figures.ResidentBytes / Megabyte);
        await server.StopAsync(bench.Stop);
    }

    private static async Task MeasureHaproxyAsync(Bench bench, ChecksPlan plan, StartFigures figures, string extra)
    {
        await using CheckingHaproxy server = await CheckingHaproxy.StartAsync(bench, plan, extra);
        TimeSpan answers = await server.WhenAsync(() => server.IsAnsweringAsync(bench.Stop), Often, bench.Stop);
        TimeSpan first = await server.WhenAsync(() => server.IsFirstOkAsync(bench.Stop), Often, bench.Stop);
        TimeSpan all = await server.WhenAsync(() => server.AreAllOkAsync(bench.Stop), Seldom, bench.Stop);
        figures.Add(answers, first, all, server.Figures.ResidentBytes / Megabyte);
    }

    private static string StateFile(Bench bench) => Path.Combine(bench.Directory, $"{Guid.NewGuid():N}.db");

    private static string Table(Bench bench, ChecksPlan plan, int rounds, StartFigures[] rows)
    {
        double size = new FileInfo(DaemonServer.Program).Length / Megabyte;
        string disk = new DriveInfo(bench.Directory).DriveFormat;
        return Tables.Table(
            string.Create(CultureInfo.InvariantCulture, $"From start to correct answers, {plan.Count:N0} components"),
            $"The single file ({Number.Text(size)} MB) with background TCP checks every {ChecksPlan.IntervalSeconds} s, `initial_state: "
                + $"fail` and its state in a file (on {disk}), against HAProxy (`nbthread 1`) with as many servers, `check inter "
                + $"{ChecksPlan.IntervalSeconds}s`; the same listeners. Seconds from the start of the process, {rounds} alternating rounds "
                + "on a warm disk: median (lowest–highest). Failover: the first component answers `OK`, and all are `ok` by "
                + "`/-/api/v1/status`. HAProxy: `show stat` has `L4OK` for the first server, and for all.",
            [
                "",
                "answers, s",
                "first correct, s",
                "of Failover's",
                "all correct, s",
                "of Failover's",
                "RSS MB",
                "of Failover's",
            ],
            rows.Select(row =>
                (string[])
                    [
                        row.Name,
                        $"{row.Answers}",
                        $"{row.First}",
                        LoadRounds.Ratio(rows[0].First, row.First),
                        $"{row.All}",
                        LoadRounds.Ratio(rows[0].All, row.All),
                        $"{row.ResidentMegabytes}",
                        LoadRounds.Ratio(rows[0].ResidentMegabytes, row.ResidentMegabytes),
                    ]
            )
        );
    }
}

/// <summary>What several starts gave.</summary>
internal sealed class StartFigures(string name)
{
    public string Name => name;

    /// <summary>Until something answers over HTTP, whatever it says.</summary>
    public Series Answers { get; } = new();

    /// <summary>Until the answer about the first target is right.</summary>
    public Series First { get; } = new();

    /// <summary>Until all answers are right.</summary>
    public Series All { get; } = new();

    /// <summary>What is in memory then.</summary>
    public Series ResidentMegabytes { get; } = new();

    public void Add(TimeSpan answers, TimeSpan first, TimeSpan all, double residentMegabytes)
    {
        Answers.Add(answers.TotalSeconds);
        First.Add(first.TotalSeconds);
        All.Add(all.TotalSeconds);
        ResidentMegabytes.Add(residentMegabytes);
        Bench.Say(
            $"  {name}: answers after {Number.Text(answers.TotalSeconds)} s, first correct {Number.Text(first.TotalSeconds)} s, "
                + $"all correct {Number.Text(all.TotalSeconds)} s, {Number.Text(residentMegabytes)} MB"
        );
    }
}
