using System.Globalization;

namespace Failover;

/// <summary>A folder with all that a daemon of the demo needs: the five examples as a file, a password file, and its state. It is gone with
/// the demo.</summary>
internal sealed class DemoFolder : IDisposable
{
    public const string User = "demo";
    public const string Password = "demo";

    // User and password as `htpasswd -nbB demo demo` writes them.
    private const string PasswordLine = "demo:$2y$05$GYuN7T0AfkzNKVvLpn0bPuSqzbaP3Cd7frlvAVTaPS8kg6Frwqf.y\n";

    private readonly DirectoryInfo folder;

    /// <summary>Makes it, for this user alone.</summary>
    /// <param name="port">Where components are served.</param>
    /// <param name="managementPort">Where the page is.</param>
    /// <param name="targets">The ports of the three targets.</param>
    /// <param name="poll">How often each component is polled.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public DemoFolder(int port, int managementPort, IReadOnlyList<int> targets, TimeSpan poll)
    {
        folder = Directory.CreateTempSubdirectory("failover-demo-");
        Configuration = Path.Combine(folder.FullName, "failover.yaml");
        string users = Path.Combine(folder.FullName, "users");
        File.WriteAllText(users, PasswordLine);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(users, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(Configuration, Text(port, managementPort, targets, poll));
    }

    /// <summary>The configuration.</summary>
    public string Configuration { get; }

    public void Dispose()
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Another process has a file of it open, which keeps it from being deleted on Windows. The system clears its temporary files.
        }
    }

    // The examples' counts are their own; their times are scaled down.
    private static string Text(int port, int managementPort, IReadOnlyList<int> targets, TimeSpan poll) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # The five examples on three targets that fail and recover. Change something: it is reloaded at once.
            listen: 127.0.0.1:{{port}}
            management: 127.0.0.1:{{managementPort}}
            state: ./state.db
            access: {operate: ./users}

            components:
              # On demand: a request probes.
              example-1:
                tcp: 127.0.0.1:{{targets[0]}}
                timeout: 1s

              # By count: ok after 5 consecutive successes, fail after 20 consecutive failures.
              example-2:
                tcp: 127.0.0.1:{{targets[0]}}
                timeout: 1s
                initial_state: fail
                ok_after: 5
                fail_after: 20

              # By time: ok and fail after a time of nothing else.
              example-3:
                tcp: 127.0.0.1:{{targets[1]}}
                timeout: 1s
                initial_state: fail
                ok_after: {{Milliseconds(poll * 8)}}
                fail_after: {{Milliseconds(poll * 16)}}

              # In the background: answered from memory.
              example-4:
                tcp: 127.0.0.1:{{targets[1]}}
                timeout: 1s
                interval: {{Milliseconds(poll * 2)}}
                initial_state: fail
                ok_after: 2
                fail_after: 2

              # Fail after ten consecutive failures, and then until a user of the file resets it.
              mail-u5:
                tcp: 127.0.0.1:{{targets[2]}}
                timeout: 1s
                fail_after: 10
                latch: ./users

            """
        );

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
}
