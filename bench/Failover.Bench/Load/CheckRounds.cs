using System.Diagnostics;

namespace Failover;

/// <summary>What a program that checks by itself used.</summary>
/// <param name="PerSecond">Checks in a second.</param>
/// <param name="CpuPerCheck">User and system time, in microseconds.</param>
/// <param name="ResidentMegabytes">Memory at the end.</param>
internal readonly record struct CheckSample(double PerSecond, double CpuPerCheck, double ResidentMegabytes);

/// <summary>A program that checks, and what one round of it gives: null where it is missing.</summary>
internal sealed record Checker(string Name, Func<Task<CheckSample?>> SampleAsync);

/// <summary>What several rounds of checks of one program gave.</summary>
internal sealed class CheckFigures(string name)
{
    public string Name => name;

    public Series PerSecond { get; } = new();

    /// <summary>CPU time, user and system, in microseconds for each check.</summary>
    public Series CpuPerCheck { get; } = new();

    /// <summary>Checks that a core makes in a second of its time.</summary>
    public Series PerCpuSecond { get; } = new();

    public Series ResidentMegabytes { get; } = new();

    public bool IsMissing => PerSecond.Count == 0;

    public void Add(CheckSample sample)
    {
        PerSecond.Add(sample.PerSecond);
        CpuPerCheck.Add(sample.CpuPerCheck);
        PerCpuSecond.Add(1e6 / sample.CpuPerCheck);
        ResidentMegabytes.Add(sample.ResidentMegabytes);
    }
}

/// <summary>Has programs check in turns, each started anew for its round and alone.</summary>
internal static class CheckRounds
{
    private const double Megabyte = 1e6;

    public static async Task<CheckFigures[]> RunAsync(Bench bench, params Checker[] checkers)
    {
        CheckFigures[] figures = [.. checkers.Select(checker => new CheckFigures(checker.Name))];
        for (int round = 0; round < bench.Rounds; round++)
        {
            for (int i = 0; i < checkers.Length; i++)
            {
                if (await checkers[i].SampleAsync() is { } sample)
                {
                    figures[i].Add(sample);
                }
            }
        }

        foreach (CheckFigures each in figures.Where(each => !each.IsMissing))
        {
            Bench.Say($"  {each.Name}: {each.CpuPerCheck} CPU-µs each, {each.PerSecond}/s");
        }

        return figures;
    }

    /// <summary>A round of Failover's.</summary>
    public static Checker Failover(Bench bench, ChecksPlan plan, int cores = 1) =>
        new(
            "Failover",
            async () =>
            {
                await using DaemonServer server = await DaemonServer.StartAsync(bench, plan, cores);
                return await SettleAndWatchAsync(bench, server);
            }
        );

    /// <summary>A round of HAProxy's.</summary>
    public static Checker Haproxy(Bench bench, ChecksPlan plan) =>
        new(
            "HAProxy",
            async () =>
            {
                await using HaproxyServer? server = await HaproxyServer.StartAsync(bench, plan);
                return server is null ? null : await SettleAndWatchAsync(bench, server);
            }
        );

    /// <summary>A round of a server that checks when it is asked.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="server">The server; null where it is missing.</param>
    /// <param name="paths">What it is asked for in turn, with a connection for each answer.</param>
    /// <param name="name">What tables call it.</param>
    public static Checker OnDemand(Bench bench, Subject? server, IReadOnlyList<string> paths, string name = "Failover")
    {
        const int connections = 16;
        Wrk requests = Wrk.For(bench, connections, paths);
        return new(name, async () => server is null ? null : await AskAsync(server));

        async Task<CheckSample> AskAsync(Subject server)
        {
            TcpCounters opened = TcpCounters.Read();
            ProcessFigures before = server.Figures;
            Wrk.Outcome outcome = await requests.RunAsync(server.Port, OnDemandTime(bench), bench.Stop);
            ProcessFigures after = server.Figures;
            long checks = TcpCounters.Read().ActiveOpens - opened.ActiveOpens - connections;
            return checks < outcome.Requests || outcome.Refused > 0
                ? throw new BenchException(
                    $"{server.Name} gave {outcome.Requests} answers from {checks} checks, {outcome.Refused} of them not 200"
                )
                : new(
                    outcome.PerSecond,
                    (after.Cpu - before.Cpu).TotalMicroseconds / outcome.Requests,
                    after.ResidentBytes / Megabyte
                );
        }
    }

    /// <summary>For how long a server is asked in a round.</summary>
    public static TimeSpan OnDemandTime(Bench bench) => TimeSpan.FromSeconds(bench.Full(2, 1));

    /// <summary>For how long a program that checks by itself is watched in a round.</summary>
    public static TimeSpan WatchTime(Bench bench) => TimeSpan.FromSeconds(bench.Full(3, 1));

    /// <summary>Watches a program that checks.</summary>
    /// <remarks>Checks are connections that the kernel has counted for the whole machine: nobody else is to connect meanwhile.</remarks>
    public static async Task<CheckSample> WatchAsync(Bench bench, Subject server, TimeSpan window)
    {
        long from = Stopwatch.GetTimestamp();
        ProcessFigures before = server.Figures;
        TcpCounters opened = TcpCounters.Read();
        await Task.Delay(window, bench.Stop);
        ProcessFigures after = server.Figures;
        long checks = TcpCounters.Read().ActiveOpens - opened.ActiveOpens;
        return checks == 0
            ? throw new BenchException($"{server.Name} made no check in {window.TotalSeconds} s")
            : new(
                checks / Stopwatch.GetElapsedTime(from).TotalSeconds,
                (after.Cpu - before.Cpu).TotalMicroseconds / checks,
                after.ResidentBytes / Megabyte
            );
    }

    /// <summary>A row for each program that is there.</summary>
    public static IEnumerable<string[]> Rows(string rate, CheckFigures[] figures) =>
        figures
            .Where(figure => !figure.IsMissing)
            .Select(figure =>
                (string[])
                    [
                        $"{figure.Name}, {rate}",
                        $"{figure.PerSecond}",
                        $"{figure.CpuPerCheck}",
                        LoadRounds.Ratio(figures[0].CpuPerCheck, figure.CpuPerCheck),
                        figure.ResidentMegabytes.Median == 0 ? "" : $"{figure.ResidentMegabytes}",
                    ]
            );

    /// <summary>What a check costs each of them.</summary>
    public static PlotGroup Group(string name, CheckFigures[] figures) =>
        new(
            name,
            [.. figures.Where(figure => !figure.IsMissing).Select(figure => (figure.Name, figure.CpuPerCheck.Median))]
        );

    /// <summary>What stands above <see cref="Rows"/>.</summary>
    public static string[] Columns { get; } = ["", "checks/s", "CPU-µs/check", "Failover's over it", "RSS MB"];

    // All checks at the start are over then, and those of HAProxy have begun, which spreads them over an interval of a second.
    private static async Task<CheckSample?> SettleAndWatchAsync(Bench bench, Subject server)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Stop);
        return await WatchAsync(bench, server, WatchTime(bench));
    }
}
