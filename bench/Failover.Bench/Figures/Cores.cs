using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Which processor cores servers run on, and which one everything that loads them.</summary>
internal static partial class Cores
{
    private const string AllowedField = "Cpus_allowed_list:";

    private static readonly int[] Allowed = ReadAllowed();

    /// <summary>The one that load generators and targets run on: the last.</summary>
    public static int Load => Allowed[^1];

    /// <summary>Those of a server, from the first on, as taskset(1) takes them. With as many as there are, the last is shared
    /// with the load.</summary>
    public static string Server(int count) => string.Join(',', Allowed.Take(count));

    public static int Count => Allowed.Length;

    /// <summary>Moves this process to the core of the load, and so whatever it starts from now on.</summary>
    public static void PinLoad()
    {
        Span<ulong> mask = stackalloc ulong[(Load / 64) + 1];
        mask.Clear();
        mask[Load / 64] = 1UL << (Load % 64);
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (SetAffinity(Number.Parse(Path.GetFileName(thread)), (nuint)(mask.Length * sizeof(ulong)), mask) != 0)
            {
                throw new BenchException($"no affinity to core {Load}: errno {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    // 0-1,4 (proc(5)).
    private static int[] ReadAllowed() =>
        [
            .. File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith(AllowedField, StringComparison.Ordinal))[AllowedField.Length..]
                .Split(',')
                .Select(range => range.Trim().Split('-'))
                .SelectMany(range =>
                    Enumerable.Range(Number.Parse(range[0]), Number.Parse(range[^1]) - Number.Parse(range[0]) + 1)
                ),
        ];

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint bytes, ReadOnlySpan<ulong> mask);
}
