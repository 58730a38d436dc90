namespace Failover;

/// <summary>Drives requests from one thread of wrk, each connection as fast as it is answered.</summary>
internal sealed record Wrk(string Script, int Connections)
{
    /// <summary>What came of it.</summary>
    /// <param name="Requests">Answers that came whole.</param>
    /// <param name="Elapsed">How long it took.</param>
    /// <param name="Refused">Answers other than 2xx and 3xx, and connections that broke.</param>
    /// <param name="P50">Half of the answers came within this.</param>
    /// <param name="P99">All but a hundredth of the answers came within this.</param>
    /// <param name="Longest">All answers came within this.</param>
    internal sealed record Outcome(
        long Requests,
        TimeSpan Elapsed,
        long Refused,
        TimeSpan P50,
        TimeSpan P99,
        TimeSpan Longest
    )
    {
        public double PerSecond => Requests / Elapsed.TotalSeconds;
    }

    private const string Figures = "figures:";

    /// <summary>Writes its Lua script.</summary>
    /// <param name="bench">Where to.</param>
    /// <param name="connections">How many at a time.</param>
    /// <param name="paths">Asked for in turn; only one where each request is the same.</param>
    /// <param name="headers">What requests have beside Host.</param>
    public static Wrk For(
        Bench bench,
        int connections,
        IReadOnlyList<string> paths,
        params IEnumerable<(string Name, string Value)> headers
    )
    {
        string fields = string.Join("; ", headers.Select(header => $"wrk.headers['{header.Name}'] = '{header.Value}'"));
        string rotation =
            paths.Count == 1
                ? ""
                : $$"""
                    local paths = { {{string.Join(", ", paths.Select(path => $"'{path}'"))}} }
                    local requests = {}
                    local next = 0
                    init = function(args)
                      for i, path in ipairs(paths) do requests[i] = wrk.format('GET', path) end
                    end
                    request = function()
                      next = next % #requests + 1
                      return requests[next]
                    end
                    """;
        string script = Path.Combine(bench.MakeFolder(), "requests.lua");
        File.WriteAllText(
            script,
            $$"""
            {{fields}}
            {{(paths.Count == 1 ? $"wrk.path = '{paths[0]}'" : rotation)}}
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format('{{Figures}} %d %d %d %d %d %d\n', summary.requests, summary.duration,
                e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99),
                latency.max))
            end
            """
        );
        return new(script, connections);
    }

    public async Task<Outcome> RunAsync(int port, TimeSpan duration, CancellationToken stop)
    {
        string output = await LoadProcess.OutputOfAsync(
            Peers.Wrk.Path,
            [
                "-t1",
                $"-c{Connections}",
                $"-d{Number.Exact(duration.TotalSeconds)}s",
                "--timeout",
                "30s",
                "-s",
                Script,
                $"http://127.0.0.1:{port}/",
            ],
            stop
        );
        string[] words = output
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith(Figures, StringComparison.Ordinal), "")
            .Split(' ');
        if (words.Length != 7)
        {
            throw new BenchException($"wrk said: {output.Trim()}");
        }

        long[] figures = [.. words[1..].Select(Number.ParseLong)];
        return new(
            figures[0],
            Microseconds(figures[1]),
            figures[2],
            Microseconds(figures[3]),
            Microseconds(figures[4]),
            Microseconds(figures[5])
        );
    }

    private static TimeSpan Microseconds(long value) => TimeSpan.FromMicroseconds(value);
}
