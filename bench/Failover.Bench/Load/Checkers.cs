using System.Diagnostics;

namespace Failover;

/// <summary>A program that checks, and what one round of it gives: null where it is missing.</summary>
internal sealed record Checker(string Name, Func<Task<CheckSample?>> SampleAsync);

/// <summary>The programs whose checks are compared, each on one core.</summary>
internal static class Checkers
{
    private const double Megabyte = 1e6;

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
    /// <remarks>Checks are connections that the kernel has counted in the network namespace: nobody else in it is to connect meanwhile.</remarks>
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

    // All checks at the start are over then, and those of HAProxy have begun, which spreads them over an interval of a second.
    private static async Task<CheckSample?> SettleAndWatchAsync(Bench bench, Subject server)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Stop);
        return await WatchAsync(bench, server, WatchTime(bench));
    }
}
