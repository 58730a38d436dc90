namespace Failover;

/// <summary>The daemon from its start to its first correct answer, and the memory that it has then, against HAProxy with as many
/// servers.</summary>
internal static class StartScenario
{
    private const int Few = 5;
    private const double Megabyte = 1e6;

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(1);

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan few = new(Few, targets.Ports);
        ChecksPlan many = new(bench.Full(10_000, 1_000), targets.Ports);
        ChecksPlan most = new(bench.Full(100_000, 20_000), targets.Ports) { IntervalSeconds = 60 };
        // Not counted: the pages of the disk are in memory after it, and this program is compiled.
        await MeasureFailoverAsync(bench, few, new("not counted"), StateFile(bench));
        if (Peers.Haproxy.IsThere)
        {
            await MeasureHaproxyAsync(bench, few, new("not counted"));
        }

        StartFigures empty = new("Failover, no component");
        await RepeatAsync(bench, few with { Count = 0 }, empty);
        StartRows small = await CompareAsync(bench, few);
        StartRows middle = await CompareAsync(bench, many);
        StartFigures large = new("Failover");
        string? refusal = null;
        try
        {
            await RepeatAsync(bench, most, large);
        }
        catch (BenchException fault)
        {
            refusal = fault.Message.ReplaceLineEndings(" ");
            Bench.Say($"  {most.Count:N0} are refused: {refusal}");
        }

        Verdicts verdicts = bench.Verdicts;
        Judge(verdicts, "5 components", small, most: 70);
        Judge(verdicts, $"{many.Count:N0} components", middle, most: 600);
        string start = $"start to the first correct answer, {most.Count:N0} components: ms";
        string memory = $"resident memory a component at {most.Count:N0}, above the empty process: bytes";
        if (refusal is not null)
        {
            verdicts.Refused(start, "≤ 5,000 ms", $"refused: {refusal}");
            verdicts.Refused(memory, "≤ 0.7 ×", "refused");
        }
        else
        {
            verdicts.AtMost(start, large.Answers, 5000, "ms");
            verdicts.AtMostTimes(
                memory,
                $"HAProxy a server at {many.Count:N0}",
                large.BytesEach(empty, most.Count),
                middle.Haproxy.Answers.Count == 0
                    ? null
                    : middle.Haproxy.BytesEach(small.Haproxy, many.Count - few.Count),
                0.7
            );
        }

        verdicts.AtMost("resident memory, 5 components", small.Fresh.ResidentMegabytes, 25, "MB");
        return string.Join(
            '\n',
            Table(few, [.. small.All, empty]),
            Table(many, middle.All),
            Table(most, large.Answers.Count == 0 ? [] : [large])
        );
    }

    private static void Judge(Verdicts verdicts, string components, StartRows rows, double most)
    {
        string work = $"start to the first correct answer, {components}: ms";
        verdicts.AtMost(work, rows.Fresh.Answers, most, "ms");
        verdicts.AtMostTimes(work, "HAProxy", rows.Fresh.Answers, rows.Haproxy.Answers, 1);
    }

    private static async Task<StartRows> CompareAsync(Bench bench, ChecksPlan plan)
    {
        StartRows rows = new(new("Failover"), new("Failover, with the state of the start before"), new("HAProxy"));
        for (int round = 0; round < bench.Rounds; round++)
        {
            string state = StateFile(bench);
            await MeasureFailoverAsync(bench, plan, rows.Fresh, state);
            await MeasureFailoverAsync(bench, plan, rows.Again, state);
            if (Peers.Haproxy.IsThere)
            {
                await MeasureHaproxyAsync(bench, plan, rows.Haproxy);
            }
        }

        return rows;
    }

    private static async Task RepeatAsync(Bench bench, ChecksPlan plan, StartFigures figures)
    {
        for (int round = 0; round < bench.Rounds; round++)
        {
            await MeasureFailoverAsync(bench, plan, figures, StateFile(bench));
        }
    }

    private static async Task MeasureFailoverAsync(Bench bench, ChecksPlan plan, StartFigures figures, string state)
    {
        await using DaemonServer server = await DaemonServer.LaunchAsync(bench, plan, state);
        TimeSpan first = await server.WhenAsync(
            async () =>
                plan.Count == 0
                    ? await server.IsOkAsync("none", bench.Stop) is not null
                    : await server.IsOkAsync("c0", bench.Stop) is true,
            Often,
            bench.Stop
        );
        if (plan.Count > 0)
        {
            // The last one is among the last that are probed.
            await server.WhenAsync(
                async () => await server.IsOkAsync(plan.Changed, bench.Stop) is true,
                TimeSpan.FromMilliseconds(20),
                bench.Stop
            );
        }

        await AddAsync(bench, server, figures, first, plan);
        await server.StopAsync(bench.Stop);
    }

    private static async Task MeasureHaproxyAsync(Bench bench, ChecksPlan plan, StartFigures figures)
    {
        await using HaproxyServer server = await HaproxyServer.LaunchAsync(bench, plan);
        TimeSpan first = await server.WhenAsync(() => server.IsFirstOkAsync(bench.Stop), Often, bench.Stop);
        if (plan.Count > Few)
        {
            // It spreads its first checks over an interval.
            await server.WhenAsync(() => server.AreAllOkAsync(bench.Stop), TimeSpan.FromMilliseconds(100), bench.Stop);
        }

        await AddAsync(bench, server, figures, first, plan);
    }

    private static async Task AddAsync(
        Bench bench,
        Subject server,
        StartFigures figures,
        TimeSpan first,
        ChecksPlan plan
    )
    {
        await Task.Delay(TimeSpan.FromMilliseconds(500), bench.Stop);
        double resident = server.Figures.ResidentBytes;
        figures.Answers.Add(first.TotalMilliseconds);
        figures.ResidentBytes.Add(resident);
        figures.ResidentMegabytes.Add(resident / Megabyte);
        Bench.Say(
            $"  {figures.Name}, {plan.Count:N0}: first correct answer after {Number.Text(first.TotalMilliseconds)} ms, "
                + $"{Number.Text(resident / Megabyte)} MB"
        );
    }

    private static string StateFile(Bench bench) => Path.Combine(bench.MakeFolder(), "state.db");

    private static string Table(ChecksPlan plan, IReadOnlyList<StartFigures> rows) =>
        Tables.Table(
            $"From start to the first correct answer, {plan.Count:N0} components",
            $"Background TCP checks every {plan.IntervalSeconds} s of targets that are up, on one core, with a warm disk; from the start of the "
                + "process until the first component answers `OK`, and at HAProxy (`nbthread 1`, as many servers) until `show stat` has a right "
                + "check of the first. Memory is what is resident half a second later, with more than a few once all have been checked. "
                + "With 100,000 servers, HAProxy is left out: it takes more than a minute to start.",
            ["", "first correct answer, ms", "Failover's over it", "RSS MB", "Failover's over it"],
            rows.Where(row => row.Answers.Count > 0)
                .Select(row =>
                    (string[])
                        [
                            row.Name,
                            $"{row.Answers}",
                            LoadRounds.Ratio(rows[0].Answers, row.Answers),
                            $"{row.ResidentMegabytes}",
                            LoadRounds.Ratio(rows[0].ResidentMegabytes, row.ResidentMegabytes),
                        ]
                )
        );
}
