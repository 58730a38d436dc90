using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Counts the system calls of a process: strace -c, attached to all its threads.</summary>
internal sealed partial class SystemCalls : IAsyncDisposable
{
    private const int SigInt = 2;

    private readonly Process process;
    private readonly string file;

    private SystemCalls(int target, string folder)
    {
        file = Path.Combine(folder, "calls");
        process = Process.Start(
            new ProcessStartInfo(Peers.Strace.Path, ["-c", "-f", "-o", file, "-p", $"{target}"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
    }

    /// <summary>Attaches to a process.</summary>
    /// <returns>It, once it counts.</returns>
    public static async Task<SystemCalls> AttachAsync(Bench bench, int target)
    {
        SystemCalls calls = new(target, bench.MakeFolder());
        string said = await calls.process.StandardError.ReadLineAsync(bench.Stop) ?? "nothing";
        return said.Contains("attached", StringComparison.Ordinal)
            ? calls
            : throw new BenchException($"strace said: {said}");
    }

    /// <summary>Detaches.</summary>
    /// <returns>How often each call was made, the most frequent first.</returns>
    public async Task<IReadOnlyList<(string Name, long Count)>> CountAsync(CancellationToken stop)
    {
        _ = Kill(process.Id, SigInt);
        await process.WaitForExitAsync(stop);
        // % time, seconds, usecs/call, calls, maybe errors, name.
        return
        [
            .. (await File.ReadAllLinesAsync(file, stop))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words =>
                    words.Length is 5 or 6
                    && words[^1] != "total"
                    && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out _)
                )
                .Select(words => (words[^1], Number.ParseLong(words[3])))
                .OrderByDescending(call => call.Item2),
        ];
    }

    public ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // What it is attached to goes on.
            process.Kill();
        }

        process.Dispose();
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
