namespace Failover;

/// <summary>A component that is answered from memory, against the two programs that are known for answering fast.</summary>
internal static class HttpScenario
{
    private const int Connections = 64;

    public static async Task<string> RunAsync(Bench bench)
    {
        await using Subject failover = await FailoverServer.StartAsync(bench, new ServeOrder { HasHealth = true });
        await using Subject haproxy = await HaproxyServer.StartAsync(bench);
        await using Subject nginx = await NginxServer.StartAsync(bench);
        Subject[] subjects = [failover, haproxy, nginx];
        return string.Join(
            '\n',
            await MeasureAsync(bench, subjects, "Answers from memory, keep-alive", closesEach: false),
            await MeasureAsync(bench, subjects, "Answers from memory, a connection each", closesEach: true)
        );
    }

    private static async Task<string> MeasureAsync(Bench bench, Subject[] subjects, string heading, bool closesEach)
    {
        Bench.Say(heading);
        Wrk requests = Wrk.For(bench, Connections, ["/health"], closesEach);
        int rounds = bench.Full(closesEach ? 3 : 5, 1);
        TimeSpan duration = Units.Second(bench.Full(4, 1));
        LoadFigures[] figures = await LoadRounds.RunAsync(
            bench,
            [.. subjects.Select(subject => new Load(subject.Name, subject, requests))],
            rounds,
            duration
        );
        return LoadRounds.Table(
            heading,
            $"A `Background` component, HAProxy's `monitor-uri` (`nbthread 1`) and nginx's `return 200` (`worker_processes 1`); "
                + $"wrk with {Connections} connections, {rounds} alternating rounds of {duration.TotalSeconds} s: "
                + "median (lowest–highest). Failover uses both cores, the others one each, and wrk one: compare CPU-µs.",
            "request",
            figures
        );
    }
}
