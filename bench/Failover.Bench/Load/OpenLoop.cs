using System.Text;

namespace Failover;

/// <summary>Asks at times that are fixed before, whether or not the answers to earlier requests are there: a server that stops for a
/// moment delays all that were due in it, and is not spared them (coordinated omission).</summary>
internal static class OpenLoop
{
    public const string Verb = "openloop";

    // A thread each, which waits for its next time.
    private const int Connections = 32;

    // Not counted, while the client is compiled.
    private const double WarmUpSeconds = 1;

    /// <summary>Latencies from the times at which requests were due, in milliseconds.</summary>
    internal sealed record Outcome(
        int Count,
        int Refused,
        double P50,
        double P99,
        double P999,
        double Longest,
        double LateP999
    );

    /// <summary>Runs it in a child process, after a second that is not counted.</summary>
    public static async Task<Outcome> RunAsync(
        int port,
        IReadOnlyList<string> paths,
        int rate,
        TimeSpan duration,
        CancellationToken stop
    )
    {
        string output = await LoadProcess.OutputOfAsync(
            Environment.ProcessPath!,
            [Verb, $"{port}", string.Join(',', paths), $"{rate}", $"{(int)duration.TotalSeconds}"],
            stop
        );
        double[] words = [.. output.Split(' ', StringSplitOptions.TrimEntries).Select(Number.ParseDouble)];
        return new((int)words[0], (int)words[1], words[2], words[3], words[4], words[5], words[6]);
    }

    /// <summary>The child process: prints what it measured.</summary>
    public static int Ask(int port, string[] paths, int rate, int seconds)
    {
        byte[][] requests =
        [
            .. paths.Select(path => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
        ];
        OpenLoopSchedule schedule = new(
            Start: OpenLoopConnection.Now() + 0.2,
            Interval: (double)Connections / rate,
            WarmUpSeconds,
            WarmUpSeconds + seconds
        );
        OpenLoopConnection[] connections =
        [
            .. Enumerable
                .Range(0, Connections)
                .Select(i => new OpenLoopConnection(port, requests, Connections, i, schedule)),
        ];
        Thread[] threads = [.. connections.Select(connection => new Thread(connection.Run))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Distribution latency = new(connections.SelectMany(connection => connection.Latencies));
        Distribution late = new(connections.SelectMany(connection => connection.Delays));
        double[] figures =
        [
            latency.Count,
            connections.Sum(connection => connection.Refused),
            latency.At(0.5),
            latency.At(0.99),
            latency.At(0.999),
            latency.At(1),
            late.At(0.999),
        ];
        Console.WriteLine(string.Join(' ', figures.Select(Number.Exact)));
        return 0;
    }
}
