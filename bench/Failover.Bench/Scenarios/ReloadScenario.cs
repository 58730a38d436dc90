namespace Failover;

/// <summary>How long it takes until another configuration is in force, and what pollers feel of it.</summary>
internal static class ReloadScenario
{
    // From when polls are counted until the reload begins.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan plan = new(bench.Full(10_000, 1_000), targets.Ports);
        ReloadFigures own = new("Failover");
        ReloadFigures its = new("HAProxy, a new process (`-sf`, `-x`)");
        for (int round = 0; round < bench.Rounds; round++)
        {
            await using (DaemonServer failover = await DaemonServer.StartAsync(bench, plan))
            {
                await failover.WhenAllOkAsync(bench.Stop);
                await MeasureAsync(bench, own, plan.Polled, failover.Port, failover.ReloadAsync);
            }

            await using HaproxyGenerations? haproxy = await HaproxyGenerations.StartAsync(bench, plan);
            if (haproxy is not null)
            {
                await MeasureAsync(bench, its, ["/health"], haproxy.Port, haproxy.ReloadAsync);
            }
        }

        string work = $"reload of {plan.Count:N0} components, one changed";
        bench.Verdicts.AtMost($"{work}: in force", own.Quiet, 0.3, "s");
        bench.Verdicts.AtMost($"{work}: p99.9 of a GET, 1,000/s", own.Polls.P999, 5, "ms");
        bench.Verdicts.AtMostTimes($"{work}: longest answer, ms", "HAProxy", own.Polls.Longest, its.Polls.Longest, 1);
        return Tables.Table(
            $"Reload of {plan.Count:N0} components, one of them changed",
            "Seconds until the new configuration is in force: Failover from SIGHUP until it tells its service manager so, HAProxy from "
                + "the start of the new process until that answers; with nobody asking, and during "
                + $"{TailScenario.PollsPerSecond:N0} requests/s at fixed times, whose latencies are in ms, from the time at which they were due.",
            ["", "in force, s", "while polled, s", "p50", "p99", "p99.9", "longest", "sent late", "not 200 or broken"],
            ((ReloadFigures[])[own, its]).Where(figures => figures.Quiet.Count > 0).Select(figures => figures.Row())
        );
    }

    private static async Task MeasureAsync(
        Bench bench,
        ReloadFigures figures,
        IReadOnlyList<string> paths,
        int port,
        Func<CancellationToken, Task<TimeSpan>> reload
    )
    {
        double quiet = (await reload(bench.Stop)).TotalSeconds;
        Task<OpenLoop.Outcome> polling = OpenLoop.RunAsync(
            port,
            paths,
            TailScenario.PollsPerSecond,
            TimeSpan.FromSeconds(bench.Full(4, 3)),
            bench.Stop
        );
        await Task.Delay(Lead, bench.Stop);
        double polled = (await reload(bench.Stop)).TotalSeconds;
        if (polling.IsCompleted)
        {
            throw new BenchException(
                $"{figures.Name}: the reload took longer than the polling, {Number.Text(polled)} s"
            );
        }

        OpenLoop.Outcome outcome = await polling;
        figures.Quiet.Add(quiet);
        figures.Polled.Add(polled);
        figures.Polls.Add(outcome);
        Bench.Say(
            $"  {figures.Name}: {Number.Text(quiet)} s, {Number.Text(polled)} s while polled, p99.9 {Number.Text(outcome.P999)} ms, "
                + $"longest {Number.Text(outcome.Longest)} ms, {outcome.Refused} refused"
        );
    }
}

/// <summary>What several reloads gave.</summary>
internal sealed class ReloadFigures(string name)
{
    public string Name => name;

    /// <summary>Seconds, with nobody asking.</summary>
    public Series Quiet { get; } = new();

    /// <summary>Seconds, while pollers ask.</summary>
    public Series Polled { get; } = new();

    public TailFigures Polls { get; } = new(name);

    public string[] Row() => [name, $"{Quiet}", $"{Polled}", .. Polls.Row()[1..]];
}
