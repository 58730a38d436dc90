using System.Globalization;

namespace Failover;

/// <summary>A script, or the daemon, that listens.</summary>
internal sealed class RunningScript : IAsyncDisposable
{
    private readonly IDisposable? files;

    private RunningScript(ChildProcess process, int port, IDisposable? files) =>
        (Process, Port, this.files) = (process, port, files);

    public ChildProcess Process { get; }

    public int Port { get; }

    /// <summary>Waits until it listens.</summary>
    /// <param name="process">The script.</param>
    /// <param name="files">What it works on, and what goes with it.</param>
    public static async Task<RunningScript> WhenListeningAsync(ChildProcess process, IDisposable? files = null)
    {
        string line = await process.LineAsync("failover listens on http://");
        return new(process, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture), files);
    }

    /// <summary>What is answered, body and status agreeing.</summary>
    public async Task<string> PollAsync(string component)
    {
        RawAnswer answer = await RawConnection.GetAsync(Port, "/" + component);
        answer.Status.ShouldBe(
            answer.Body switch
            {
                "OK" => 200,
                "FAIL" => 503,
                _ => 500,
            }
        );
        return answer.Body;
    }

    /// <summary>Polls so many times: the first letters of what is answered.</summary>
    public async Task<string> PollAsync(string component, int times)
    {
        string answers = "";
        for (int i = 0; i < times; i++)
        {
            answers += (await PollAsync(component))[0];
        }

        return answers;
    }

    public Task PollUntilAsync(string component, string answer) =>
        Eventually.GetAsync(
            () => PollAsync(component),
            got => string.Equals(got, answer, StringComparison.Ordinal),
            answer
        );

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        files?.Dispose();
    }
}
