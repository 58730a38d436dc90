using System.Globalization;

namespace Failover;

/// <summary>A script that listens.</summary>
internal sealed class RunningScript : IAsyncDisposable
{
    private RunningScript(ChildProcess process, int port) => (Process, Port) = (process, port);

    public ChildProcess Process { get; }

    public int Port { get; }

    public static async Task<RunningScript> WhenListeningAsync(ChildProcess process)
    {
        string line = await process.LineAsync("failover listens on http://");
        return new(process, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
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

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
