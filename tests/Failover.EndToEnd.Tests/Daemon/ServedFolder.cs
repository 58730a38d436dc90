using System.Text.Json;

namespace Failover;

/// <summary>A folder with a configuration that changes, and the daemon that serves it. Both are gone with the test.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    public const string Main = "failover.yaml";

    /// <summary>What most configurations begin with: any free ports, and nothing that outlives the process.</summary>
    public const string Top = "listen: 127.0.0.1:0\nmanagement: 127.0.0.1:0\nstate: memory\n";

    private const string Reloaded = " reloaded ";
    private const string Refused = ": reload rejected; keeping";

    private readonly DaemonFiles files;
    private readonly Dictionary<string, (int Read, int Count)> counted = new(StringComparer.Ordinal);
    private RunningDaemon? daemon;

    private ServedFolder(DaemonFiles files) => this.files = files;

    public RunningDaemon Daemon => daemon ?? throw new InvalidOperationException("not started");

    /// <summary>All that the daemon has logged.</summary>
    public string Log => Daemon.Process.Output;

    /// <summary>Waits until the daemon has logged a text, paths from this folder.</summary>
    public Task HasLoggedAsync(string text) =>
        Eventually.IsAsync(
            () => FromHere(Log).Contains(text, StringComparison.Ordinal),
            $"\"{text}\" from {Daemon.Process}"
        );

    public int Port => Daemon.Port;

    /// <summary>The password file: <see cref="DaemonFiles.User"/> may reset.</summary>
    public string Passwords => files.Passwords;

    public static async Task<ServedFolder> WithAsync(string text)
    {
        ServedFolder made = new(await DaemonFiles.WithAsync(""));
        return made.Write(Main, text);
    }

    /// <summary>The full path of a file.</summary>
    public string this[string file] => Path.Combine(files.Folder, file);

    /// <summary>Writes a file in one piece: who reads it finds the old or the new one.</summary>
    public ServedFolder Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[file])!);
        string half = this[$"{file}.new"];
        File.WriteAllText(half, text.Replace("PASSWORDS", Passwords, StringComparison.Ordinal));
        File.Move(half, this[file], overwrite: true);
        return this;
    }

    /// <summary>Starts the daemon and waits until it serves.</summary>
    public async Task<ServedFolder> ServeAsync()
    {
        daemon = await files.ServeAsync();
        counted.Clear();
        return this;
    }

    /// <summary>Has the daemon read another configuration, and waits until it serves it.</summary>
    public Task ReloadAsync(string text)
    {
        Write(Main, text);
        return ReloadAsync();
    }

    /// <summary>Has the daemon read its configuration, and waits until it serves it.</summary>
    public Task ReloadAsync() => TellAsync(Reloaded);

    /// <summary>Has the daemon read a configuration that it will not serve, and waits until it says so.</summary>
    public Task ReloadInVainAsync() => TellAsync(Refused);

    /// <summary>How often a configuration has been taken while it ran.</summary>
    public int Reloads => CountOf(Reloaded);

    /// <summary>How often one has been refused.</summary>
    public int Refusals => CountOf(Refused);

    public Task<string> PollAsync(string component) => Daemon.PollAsync(component);

    public Task PollUntilAsync(string component, string answer) => Daemon.PollUntilAsync(component, answer);

    /// <summary>A document of the management API.</summary>
    public Task<JsonElement> ReadAsync(string document) => Daemon.ReadAsync(document);

    /// <summary>What <c>status</c> says of the configuration.</summary>
    public async Task<JsonElement> ConfigurationAsync() => (await ReadAsync("status")).GetProperty("configuration");

    /// <summary>Why the newest configuration is not served, paths from this folder; null where it is.</summary>
    public async Task<string?> ErrorAsync() =>
        (await ConfigurationAsync()).GetProperty("error").GetString() is { } error ? FromHere(error) : null;

    /// <summary>A text with paths from this folder.</summary>
    public string FromHere(string text) => text.Replace($"{files.Folder}/", "", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
        {
            await daemon.DisposeAsync();
        }

        files.Dispose();
    }

    private async Task TellAsync(string answer)
    {
        int before = CountOf(answer);
        Daemon.Reload();
        await Eventually.IsAsync(
            () => CountOf(answer) > before || Daemon.Process.HasEnded,
            $"\"{answer}\" from {Daemon.Process}"
        );
        Daemon.Process.HasEnded.ShouldBeFalse(Daemon.Process.ToString());
    }

    // Of what was counted before, nothing is read again: a test may ask a thousand times.
    private int CountOf(string text)
    {
        (int read, int count) = counted.GetValueOrDefault(text);
        string added = Daemon.Process.OutputFrom(read);
        count += added.Split(text).Length - 1;
        counted[text] = (read + added.Length, count);
        return count;
    }
}
