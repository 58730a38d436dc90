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
    /// <param name="headers">What requests have, in this order; Host comes before them unless it is one of them.</param>
    public static Wrk For(
        Bench bench,
        int connections,
        IReadOnlyList<string> paths,
        params IEnumerable<(string Name, string Value)> headers
    )
    {
        (string Name, string Value)[] fields = [.. headers];
        if (!fields.Any(field => field.Name.Equals("host", StringComparison.OrdinalIgnoreCase)))
        {
            fields = [("Host", "127.0.0.1"), .. fields];
        }

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
        // Its own way to write a request would add a second Host to one in small letters.
        File.WriteAllText(
            script,
            $$"""
            wrk.format = function(method, path)
              return 'GET ' .. (path or '{{paths[0]}}') .. ' HTTP/1.1\r\n{{string.Concat(
                fields.Select(field => $"{field.Name}: {field.Value}\\r\\n")
            )}}\r\n'
            end
            {{rotation}}
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
                // Whole seconds are all that it takes.
                $"-d{(int)duration.TotalSeconds}s",
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
