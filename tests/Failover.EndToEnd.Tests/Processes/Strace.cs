using System.Globalization;

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
}
