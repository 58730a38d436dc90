namespace Failover;

/// <summary>What a daemon runs on: a folder with its configuration, its state and a password file. It outlives the daemon, and
/// so the next one goes on from it.</summary>
internal sealed class DaemonFiles : IDisposable
{
    public const string User = "alice";
    public const string Password = "secret";

    /// <summary>The command. These tests are built with it, into a folder of the same name.</summary>
    public static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace(
            $"tests/{typeof(DaemonFiles).Assembly.GetName().Name}",
            "src/Failover.Cli",
            StringComparison.Ordinal
        ),
        "Failover.Cli.dll"
    );

    private static readonly Task<string> PasswordLine = Htpasswd.LineAsync(User, Password, "-B", "-C", "4");

    private DaemonFiles() { }

    public string Folder { get; } = Directory.CreateTempSubdirectory("failover-").FullName;

    public string Configuration => Path.Combine(Folder, "failover.yaml");

    public string State => Path.Combine(Folder, "state.db");

    /// <summary>A password file that lets <see cref="User"/> in.</summary>
    public string Passwords => Path.Combine(Folder, "users");

    /// <summary>Begins with a configuration.</summary>
    /// <param name="yaml">All of it but where the daemon listens and where it keeps its state; see <see cref="Write"/>.</param>
    public static async Task<DaemonFiles> WithAsync(string yaml)
    {
        DaemonFiles files = new();
        await File.WriteAllTextAsync(files.Passwords, await PasswordLine);
        files.Write(yaml);
        return files;
    }

    /// <summary>Writes another configuration, in one piece, as editors do: beside the old one, then over it.</summary>
    /// <param name="yaml">All of it. What it does not say of <c>listen</c>, <c>management</c> and <c>state</c> is a free port, a
    /// free port and <see cref="State"/>; <c>PASSWORDS</c> stands for <see cref="Passwords"/>.</param>
    public void Write(string yaml)
    {
        string all = "";
        foreach (
            (string key, string value) in new[]
            {
                ("listen", "127.0.0.1:0"),
                ("management", "127.0.0.1:0"),
                ("state", State),
            }
        )
        {
            bool isSaid = $"\n{yaml}".Contains($"\n{key}:", StringComparison.Ordinal);
            all += isSaid ? "" : $"{key}: {value}\n";
        }

        string half = $"{Configuration}.new";
        File.WriteAllText(half, all + yaml.Replace("PASSWORDS", Passwords, StringComparison.Ordinal));
        File.Move(half, Configuration, overwrite: true);
    }

    /// <summary>Starts a daemon and waits for nothing.</summary>
    /// <param name="under">A program and its arguments that run it: <c>strace -D …</c>. The process is the daemon's own where
    /// that program ends by executing it.</param>
    public ChildProcess Start(params string[] under)
    {
        string[] command = [.. under, .. ChildProcess.Dotnet(Program, "run", Configuration)];
        return ChildProcess.Start(command[0], command[0], command[1..]);
    }

    /// <summary>Starts another command of the program.</summary>
    public static ChildProcess StartCommand(params string[] words) => ChildProcess.StartDotnet([Program, .. words]);

    /// <summary>Starts another command of the program.</summary>
    /// <param name="under">A program and its arguments that run it.</param>
    /// <param name="words">The command line.</param>
    public static ChildProcess StartCommandUnder(string[] under, params string[] words) =>
        ChildProcess.Start(under[0], under[0], [.. under[1..], .. ChildProcess.Dotnet([Program, .. words])]);

    /// <summary>Starts a daemon and waits until it serves.</summary>
    /// <param name="under">See <see cref="Start"/>.</param>
    public Task<RunningDaemon> ServeAsync(params string[] under) => RunningDaemon.WhenServingAsync(Start(under));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
