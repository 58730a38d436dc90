namespace Failover;

/// <summary>What a process costs that has next to nothing to do.</summary>
internal static class IdleScenario
{
    private const int Components = 5;
    private const double MostTimes = 1.2;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan plan = new(Components, targets.Ports);
        TimeSpan window = TimeSpan.FromSeconds(bench.Full(30, 5));
        await using DaemonServer failover = await DaemonServer.StartAsync(bench, plan);
        await using HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, plan);
        await failover.WhenAllOkAsync(bench.Stop);
        IdleFigures own = new(failover);
        IdleFigures? its = haproxy is null ? null : new(haproxy);
        // What the questions above have begun is over then.
        await Task.Delay(bench.Full(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)), bench.Stop);
        for (int round = 0; round < bench.Rounds; round++)
        {
            Bench.Say($"  round {round + 1} of {bench.Rounds}");
            own.Begin();
            its?.Begin();
            for (int second = 0; second < window.TotalSeconds; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), bench.Stop);
                own.Count();
                its?.Count();
            }

            own.End(window);
            its?.End(window);
        }

        const string work = "idle, 5 components at 10 s";
        bench.Verdicts.AtMostTimes(
            $"{work}: wake-ups/s",
            "HAProxy",
            own.WakeUpsPerSecond,
            its?.WakeUpsPerSecond,
            MostTimes
        );
        bench.Verdicts.AtMostTimes($"{work}: CPU-µs/s", "HAProxy", own.CpuPerSecond, its?.CpuPerSecond, MostTimes);
        return Tables.Table(
            "Idle",
            $"{Components} background TCP checks every {plan.IntervalSeconds} s and nobody who asks; both at once, on one core, over "
                + $"{window.TotalSeconds} s. Wake-ups are the voluntary context switches of all threads.",
            ["", "wake-ups/s", "CPU-µs/s"],
            ((IdleFigures?[])[own, its]).OfType<IdleFigures>().Select(figures => figures.Row())
        );
    }
}

/// <summary>What several spans of idleness of one process gave.</summary>
internal sealed class IdleFigures(Subject server)
{
    private readonly WakeUps wakeUps = new(server.Id);
    private TimeSpan cpu;
    private long count;

    public Series WakeUpsPerSecond { get; } = new();

    public Series CpuPerSecond { get; } = new();

    public void Begin()
    {
        cpu = server.Figures.Cpu;
        wakeUps.Take();
        count = 0;
    }

    public void Count() => count += wakeUps.Take();

    public void End(TimeSpan window)
    {
        CpuPerSecond.Add((server.Figures.Cpu - cpu).TotalMicroseconds / window.TotalSeconds);
        WakeUpsPerSecond.Add(count / window.TotalSeconds);
    }

    public string[] Row() => [server.Name, $"{WakeUpsPerSecond}", $"{CpuPerSecond}"];
}
