namespace Failover;

/// <summary>The system calls of an answer and of a check, which is most of what either costs.</summary>
internal static class SyscallScenario
{
    private const int Connections = 64;
    private const int Rate = 1000;
    private const double MostForPoll = 2.1;
    private const double MostForCheck = 7;

    // The calls that are named in the table.
    private const int Named = 8;

    public static async Task<string> RunAsync(Bench bench)
    {
        if (!Peers.Strace.IsThere)
        {
            throw new BenchException("strace is missing");
        }

        using TargetListeners targets = new();
        List<string[]> rows = [];
        ChecksPlan one = new(Count: 1, targets.Ports);
        await using (DaemonServer failover = await DaemonServer.StartAsync(bench, one))
        {
            await failover.WhenAllOkAsync(bench.Stop);
            await MeasurePollsAsync(bench, failover, "/c0", rows, MostForPoll);
        }

        await using (HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, one))
        {
            await MeasurePollsAsync(bench, haproxy, "/health", rows);
        }

        ChecksPlan many = new(Rate, targets.Ports) { IntervalSeconds = 1 };
        await using (DaemonServer failover = await DaemonServer.StartAsync(bench, many))
        {
            await MeasureChecksAsync(bench, failover, rows, MostForCheck);
        }

        await using (HaproxyServer? haproxy = await HaproxyServer.StartAsync(bench, many))
        {
            await MeasureChecksAsync(bench, haproxy, rows);
        }

        return Tables.Table(
            "System calls",
            $"`strace -c -f`, attached while wrk polls over {Connections} kept connections, or while {Rate:N0} TCP checks a second run. strace "
                + "slows every call, so that more is found ready at once than without it.",
            ["", "calls each", "of them"],
            rows
        );
    }

    private static async Task MeasurePollsAsync(
        Bench bench,
        Subject? server,
        string path,
        List<string[]> rows,
        double? most = null
    )
    {
        if (server is null)
        {
            return;
        }

        Wrk requests = Wrk.For(bench, Connections, [path]);
        await requests.RunAsync(server.Port, TimeSpan.FromSeconds(1), bench.Stop);
        await using SystemCalls calls = await SystemCalls.AttachAsync(bench, server.Id);
        Wrk.Outcome outcome = await requests.RunAsync(server.Port, TimeSpan.FromSeconds(bench.Full(4, 2)), bench.Stop);
        Add(bench, $"{server.Name}, a request", await calls.CountAsync(bench.Stop), outcome.Requests, rows, most);
    }

    private static async Task MeasureChecksAsync(Bench bench, Subject? server, List<string[]> rows, double? most = null)
    {
        if (server is null)
        {
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(2), bench.Stop);
        await using SystemCalls calls = await SystemCalls.AttachAsync(bench, server.Id);
        TcpCounters before = TcpCounters.Read();
        await Task.Delay(TimeSpan.FromSeconds(bench.Full(4, 2)), bench.Stop);
        long checks = TcpCounters.Read().ActiveOpens - before.ActiveOpens;
        Add(bench, $"{server.Name}, a check", await calls.CountAsync(bench.Stop), checks, rows, most);
    }

    private static void Add(
        Bench bench,
        string name,
        IReadOnlyList<(string Name, long Count)> calls,
        long times,
        List<string[]> rows,
        double? most
    )
    {
        double each = (double)calls.Sum(call => call.Count) / times;
        if (most is { } bound)
        {
            bench.Verdicts.AtMost($"system calls, {name}", new(each), bound, "calls");
        }

        string named = string.Join(
            ", ",
            calls.Take(Named).Select(call => $"{call.Name} {Number.Text((double)call.Count / times)}")
        );
        rows.Add([name, Number.Text(each), named]);
        Bench.Say($"  {name}: {Number.Text(each)} ({named})");
    }
}
