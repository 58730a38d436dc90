using System.Globalization;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Faults at the border between a daemon and the kernel: https://strace.io.</summary>
internal static class Strace
{
    /// <summary>The calls with which SQLite, and whoever puts a damaged file aside, changes files.</summary>
    public static IReadOnlyList<string> Writes { get; } =
    ["pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename"];

    /// <summary>Runs a program that is killed as one of its threads is about to make the nth of some calls.</summary>
    /// <remarks>strace counts for each thread and each call by itself. The program has the process that was started, and strace
    /// another one. What .NET itself writes beside is turned off: its debugger's pipes, and the doubly mapped memory of its
    /// compiler. And not --seccomp-bpf: with it, no signal is given.</remarks>
    /// <param name="call">One of <see cref="Writes"/>.</param>
    /// <param name="number">From 1 on.</param>
    public static string[] KillAt(string call, int number) =>
        [
            "strace",
            "-Dfqq",
            "-EDOTNET_EnableDiagnostics=0",
            "-EDOTNET_EnableWriteXorExecute=0",
            "--output=/dev/null",
            $"--trace={call}",
            string.Create(CultureInfo.InvariantCulture, $"--inject={call}:signal=KILL:when={number}"),
        ];

    /// <summary>Has the disk of a running daemon fail or hang, until <see cref="DetachAsync"/>.</summary>
    /// <remarks>It holds on to the thread that writes, and to no other. Skips the test where the system does not let one process
    /// hold on to another.</remarks>
    /// <param name="daemon">The daemon.</param>
    /// <param name="calls">Which of the calls, separated by commas.</param>
    /// <param name="fault">As strace takes it: <c>error=EIO</c>.</param>
    public static Task<ChildProcess> AttachAsync(ChildProcess daemon, string calls, string fault) =>
        AttachAsync(calls, fault, $"--attach={WritingThread(daemon)}");

    /// <summary>Has the calls of a running daemon that name one file fail or hang, until <see cref="DetachAsync"/>.</summary>
    public static Task<ChildProcess> AttachToFileAsync(ChildProcess daemon, string file, string calls, string fault) =>
        AttachAsync(
            calls,
            fault,
            string.Create(CultureInfo.InvariantCulture, $"--attach={daemon.Id}"),
            "--follow-forks",
            $"--trace-path={file}"
        );

    private static async Task<ChildProcess> AttachAsync(string calls, string fault, params string[] to)
    {
        const string Restriction = "/proc/sys/kernel/yama/ptrace_scope";
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess
                || !File.Exists(Restriction)
                || (await File.ReadAllTextAsync(Restriction)).StartsWith('0'),
            $"needs root or a 0 in {Restriction}"
        );
        ChildProcess strace = ChildProcess.Start(
            "strace",
            "strace",
            ["--output=/dev/null", $"--trace={calls}", $"--inject={calls}:{fault}", .. to]
        );
        await Eventually.IsAsync(
            () => strace.HasEnded || strace.Errors.Contains("attached", StringComparison.Ordinal),
            "strace to hold on to the thread"
        );
        strace.HasEnded.ShouldBeFalse(strace.ToString());
        return strace;
    }

    /// <summary>The disk is well again; what hung goes on.</summary>
    public static async Task DetachAsync(ChildProcess strace)
    {
        strace.Signal(PosixSignal.SIGTERM);
        await strace.ExitCodeAsync(Second(30));
    }

    private static string WritingThread(ChildProcess daemon) =>
        Path.GetFileName(
            Directory
                .GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{daemon.Id}/task"))
                .Single(thread => File.ReadAllText($"{thread}/comm") == "state\n")
        );
}
