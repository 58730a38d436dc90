using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Failover;

/// <summary>A daemon whose output nobody needs to read: it listens on Unix sockets in its folder, whose names are known before it
/// serves.</summary>
internal sealed class QuietDaemon : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = Second(10);

    private readonly DaemonFiles files;

    private QuietDaemon(DaemonFiles files, ChildProcess process) => (this.files, Process) = (files, process);

    public ChildProcess Process { get; }

    /// <summary>Writes a configuration that listens on the sockets.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="yaml">The rest of it.</param>
    /// <param name="alsoAt">Where it listens besides.</param>
    public static void Write(DaemonFiles files, string yaml, params string[] alsoAt)
    {
        string[] addresses = [$"unix:{files.Folder}/poll", .. alsoAt];
        files.Write(
            $"listen: ['{string.Join("', '", addresses)}']\nmanagement: unix:{files.Folder}/management\n{yaml}"
        );
    }

    /// <summary>Starts it and waits for nothing.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="streams">Where its streams lead, as a shell says it: <c>>&amp;-</c>.</param>
    public static QuietDaemon Start(DaemonFiles files, string streams = "") => StartUnder(files, ":", streams);

    /// <summary>Starts it from a shell that does something else before.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="before">What the shell does.</param>
    /// <param name="streams">See <see cref="Start"/>.</param>
    public static QuietDaemon StartUnder(DaemonFiles files, string before, string streams) =>
        new(files, files.Start("sh", "-c", $"{before}; exec \"$@\" {streams}", "sh"));

    /// <summary>Starts it and waits for nothing.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="under">See <see cref="DaemonFiles.Start"/>.</param>
    public static QuietDaemon StartWithin(DaemonFiles files, params string[] under) => new(files, files.Start(under));

    /// <summary>Waits until the process heeds signals: from then on none may be lost.</summary>
    public Task HeedsSignalsAsync() => Eventually.IsAsync(IsCatchingHangUp, "a handler for SIGHUP");

    /// <summary>What is answered: a body; empty where nobody listens.</summary>
    public async Task<string> PollAsync(string component)
    {
        try
        {
            return (await GetAsync("poll", $"/{component}")).Body;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return "";
        }
    }

    public Task PollUntilAsync(string component, string answer) =>
        Eventually.GetAsync(
            async () =>
            {
                string got = await PollAsync(component);
                Process.HasEnded.ShouldBeFalse(Process.ToString());
                return got;
            },
            got => string.Equals(got, answer, StringComparison.Ordinal),
            $"{answer} from {Process}"
        );

    /// <summary>Resets as an operator does: <c>200 Armed</c>.</summary>
    public Task<string> PostAsync(string component) =>
        new Reset(At("poll"), $"/{component}").PostAsync(DaemonFiles.User, DaemonFiles.Password);

    /// <summary>What <c>status</c> says of a component.</summary>
    public async Task<JsonElement> StatusOfAsync(string component) =>
        (await StatusAsync())
            .GetProperty("components")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == component);

    /// <summary>Why the newest configuration is not served; null where it is.</summary>
    public async Task<string?> ErrorAsync() =>
        (await StatusAsync()).GetProperty("configuration").GetProperty("error").GetString();

    /// <summary>Has it read its configuration again: SIGHUP.</summary>
    public void Reload() => Process.Signal(PosixSignal.SIGHUP);

    /// <summary>Has it drain and stop: SIGTERM. It has to end within 10 s, and well.</summary>
    public async Task StopAsync()
    {
        Process.Signal(PosixSignal.SIGTERM);
        (await Process.ExitCodeAsync(LongestStop)).ShouldBe(0, Process.ToString());
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private async Task<JsonElement> StatusAsync() =>
        JsonElement.Parse((await GetAsync("management", "/-/api/v1/status")).Body);

    private Task<RawAnswer> GetAsync(string socket, string target) =>
        RawConnection.AskAsync(At(socket), $"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private UnixDomainSocketEndPoint At(string socket) => new(Path.Combine(files.Folder, socket));

    // proc_pid_status(5): a mask of the signals that are caught, the first of which is SIGHUP. Its handler is the last to be made.
    private bool IsCatchingHangUp()
    {
        const string key = "SigCgt:";
        string caught = File.ReadLines($"/proc/{Process.Id}/status")
            .First(line => line.StartsWith(key, StringComparison.Ordinal));
        ulong mask = ulong.Parse(caught[key.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & 1) != 0;
    }
}
