using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Failover;

/// <summary>A daemon that serves: what pollers, operators and its service manager do with it.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = Second(10);

    private RunningDaemon(ChildProcess process, int port, int managementPort) =>
        (Process, Port, ManagementPort) = (process, port, managementPort);

    public ChildProcess Process { get; }

    /// <summary>Where it serves states: the first of these, where there are several.</summary>
    public int Port { get; }

    public int ManagementPort { get; }

    public static async Task<RunningDaemon> WhenServingAsync(ChildProcess process)
    {
        int port = PortOf(await process.LineAsync("failover listens on http"));
        return new(process, port, PortOf(await process.LineAsync("management at http")));
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
                "ERROR" => 500,
                _ => 404,
            }
        );
        return answer.Body;
    }

    public Task PollUntilAsync(string component, string answer) =>
        Eventually.GetAsync(
            () => PollAsync(component),
            got => string.Equals(got, answer, StringComparison.Ordinal),
            $"{answer} from {Process}"
        );

    /// <summary>Resets as an operator does: <c>200 Armed</c>.</summary>
    public Task<string> PostAsync(string component) =>
        new Reset(Port, "/" + component).PostAsync(DaemonFiles.User, DaemonFiles.Password);

    /// <summary>What a page of the management API says: <c>status</c>, <c>components/NAME</c>, <c>configuration</c>.</summary>
    public async Task<JsonElement> ReadAsync(string page)
    {
        RawAnswer answer = await RawConnection.GetAsync(ManagementPort, "/-/api/v1/" + page);
        answer.Status.ShouldBe(200, answer.Body);
        return JsonElement.Parse(answer.Body);
    }

    /// <summary>What <c>status</c> says of a component.</summary>
    public async Task<JsonElement> StatusOfAsync(string component) =>
        (await ReadAsync("status"))
            .GetProperty("components")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == component);

    /// <summary>Has it read its configuration again: SIGHUP.</summary>
    public void Reload() => Process.Signal(PosixSignal.SIGHUP);

    /// <summary>Has it drain and stop: SIGTERM. Waits until it has, and has ended well.</summary>
    public async Task StopAsync()
    {
        Process.Signal(PosixSignal.SIGTERM);
        (await Process.ExitCodeAsync(LongestStop)).ShouldBe(0, Process.ToString());
    }

    /// <summary>Ends it where it stands: SIGKILL. Waits until it is gone.</summary>
    public ValueTask KillAsync() => Process.KillAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static int PortOf(string line) =>
        int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
}
