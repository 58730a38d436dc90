using System.Globalization;

namespace Failover;

/// <summary>One of the scripts in examples/ as a program: with the address to listen on, the one to look at and the times taken
/// from its arguments; else as it stands.</summary>
/// <param name="name">Its file in examples/, without the ending.</param>
/// <param name="times">The times in it that arguments replace, as they are written.</param>
internal sealed class Script(string name, params string[] times) : IExample
{
    private static readonly TimeSpan BuildTime = Minute(5);

    /// <summary>Follows the name of the password file in the name of the state file, where a script has one.</summary>
    public const string StateEnding = ".state.db";

    private Task<string>? built;

    /// <summary>Starts the script.</summary>
    /// <param name="target">The port that it looks at.</param>
    /// <param name="port">The port that it listens on; 0 for a free one.</param>
    /// <param name="passwords">The password file that it reads, where it reads one.</param>
    /// <param name="instead">What stands instead of its times.</param>
    public async Task<ChildProcess> StartAsync(
        int target,
        int port = 0,
        string passwords = "",
        params TimeSpan[] instead
    )
    {
        instead.Length.ShouldBe(times.Length);
        string program = await (built ??= BuildAsync());
        IEnumerable<string> milliseconds = instead.Select(time =>
            time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)
        );
        return ChildProcess.StartDotnet([program, $"{port}", $"{target}", passwords, .. milliseconds]);
    }

    public async Task<RunningScript> ServeAsync(Target target, string passwords = "", params TimeSpan[] instead) =>
        await RunningScript.WhenListeningAsync(await StartAsync(target.Port, passwords: passwords, instead: instead));

    private async Task<string> BuildAsync()
    {
        string examples = Path.Combine(Repository.Root, "examples");
        string folder = Path.Combine(Repository.Root, "artifacts", "end-to-end", "scripts");
        Directory.CreateDirectory(folder);
        string source = Path.Combine(folder, name + ".cs");
        await WriteIfOtherAsync(
            source,
            Rewrite(await File.ReadAllTextAsync(Path.Combine(examples, name + ".cs")), folder)
        );
        await WriteIfOtherAsync(
            Path.Combine(folder, "Directory.Build.props"),
            await File.ReadAllTextAsync(Path.Combine(examples, "Directory.Build.props"))
        );
        await using ChildProcess build = ChildProcess.StartSdk("build", source, "--nologo", "--verbosity", "quiet");
        (await build.ExitCodeAsync(BuildTime)).ShouldBe(0, build.ToString());
        return Path.Combine(folder, name, name + ".dll");
    }

    private string Rewrite(string source, string folder)
    {
        // Not --output, which would have the library compiled anew for every script.
        string rewritten = Replace(
            source,
            "#:project ../src/",
            $"#:property OutputPath={folder}/{name}/\n#:project {Repository.Root}/src/"
        );
        rewritten = Replace(rewritten, "port: 8080", "port: int.Parse(args[0])");
        rewritten = Replace(
            rewritten,
            "host: \"192.0.2.1\", port: 25",
            "host: \"127.0.0.1\", port: int.Parse(args[1])"
        );
        if (rewritten.Contains("HtpasswdFile", StringComparison.Ordinal))
        {
            rewritten = Replace(rewritten, "\"healthcheck_users\"", "args[2]");
        }

        if (rewritten.Contains("SqliteStateStore", StringComparison.Ordinal))
        {
            rewritten = Replace(rewritten, "\"state.db\"", $"args[2] + \"{StateEnding}\"");
        }

        for (int i = 0; i < times.Length; i++)
        {
            rewritten = Replace(rewritten, times[i], $"TimeSpan.FromMilliseconds(int.Parse(args[{3 + i}]))");
        }

        return rewritten;
    }

    // An example that has changed is to fail here, not to be tested as something else.
    private static string Replace(string source, string original, string replacement)
    {
        source.Split(original).Length.ShouldBe(2, $"\"{original}\" stands in the example exactly once");
        return source.Replace(original, replacement, StringComparison.Ordinal);
    }

    // An unchanged file need not be compiled again.
    private static async Task WriteIfOtherAsync(string path, string text)
    {
        if (!File.Exists(path) || !string.Equals(await File.ReadAllTextAsync(path), text, StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(path, text);
        }
    }
}
