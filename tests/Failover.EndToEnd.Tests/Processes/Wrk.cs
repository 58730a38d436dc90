using System.Globalization;

namespace Failover;

/// <summary>wrk, from Debian's package wrk: polls as fast as it is answered, and counts what was answered otherwise than with 200
/// and OK.</summary>
internal sealed class Wrk : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = Minute(1);

    private readonly ChildProcess process;
    private readonly string script;

    private Wrk(ChildProcess process, string script) => (this.process, this.script) = (process, script);

    public bool HasEnded => process.HasEnded;

    /// <summary>Begins to poll.</summary>
    /// <param name="port">Where.</param>
    /// <param name="time">How long, in whole seconds.</param>
    /// <param name="closes">Whether each request has a connection of its own.</param>
    /// <param name="components">The components, in turn.</param>
    public static async Task<Wrk> StartAsync(int port, TimeSpan time, bool closes, params string[] components)
    {
        string file = Path.GetTempFileName();
        string paths = string.Join(", ", components.Select(component => $"\"/{component}\""));
        string connection = closes ? "close" : "keep-alive";
        await File.WriteAllTextAsync(
            file,
            $$"""
            local paths = { {{paths}} }
            local sent = 0
            wrong = 0
            first = "none"
            local threads = {}
            function setup(thread) table.insert(threads, thread) end
            function request()
              sent = sent + 1
              return wrk.format("GET", paths[sent % #paths + 1], { Connection = "{{connection}}" })
            end
            function response(status, headers, body)
              if status ~= 200 or body ~= "OK" then
                wrong = wrong + 1
                first = status .. " " .. body
              end
            end
            function done(summary)
              local errors = summary.errors
              local wrong = 0
              for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
              print("answered " .. summary.requests)
              print("wrong " .. wrong .. " as " .. threads[1]:get("first"))
              print("errors " .. errors.connect .. " " .. errors.read .. " " .. errors.write .. " " .. errors.timeout)
            end
            """,
            TestContext.Current.CancellationToken
        );
        string seconds = string.Create(CultureInfo.InvariantCulture, $"-d{time.TotalSeconds}s");
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");
        return new(ChildProcess.Start("wrk", "wrk", "-t1", "-c8", seconds, "--timeout", "10s", "-s", file, url), file);
    }

    /// <summary>Waits for its end: everything was answered as it should be.</summary>
    public async Task ShouldHaveSeenNothingButOkAsync()
    {
        (await process.ExitCodeAsync(EndsWithin)).ShouldBe(0, process.ToString());
        string report = process.ToString();
        report.ShouldContain("wrong 0 as none");
        report.ShouldContain("errors 0 0 0 0");
        report.ShouldNotContain("answered 0\n");
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        File.Delete(script);
    }
}
