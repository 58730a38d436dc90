using System.Runtime.InteropServices;

namespace Failover;

/// <summary>What a process and its children have used, all threads together.</summary>
/// <param name="Cpu">User and system time, by the CPU clock of each process (clock_getcpuclockid(3)): what /proc/pid/stat shows
/// in steps of 10 ms, in nanoseconds.</param>
/// <param name="ResidentBytes">Memory that is resident now.</param>
internal readonly partial record struct ProcessFigures(TimeSpan Cpu, long ResidentBytes)
{
    // Fields of /proc/pid/stat, counted from the one behind the name in parentheses.
    private const int ParentField = 1;
    private const int ResidentPagesField = 21;

    public static ProcessFigures Read(int process)
    {
        ProcessFigures? sum = null;
        foreach (int id in ProcFiles.Ids("/proc"))
        {
            if (
                ProcFiles.TryRead($"/proc/{id}/stat") is { } text
                && text[(text.LastIndexOf(')') + 2)..].Split(' ') is { } fields
                && (id == process || Number.Parse(fields[ParentField]) == process)
            )
            {
                ProcessFigures before = sum ?? default;
                sum = new(
                    before.Cpu + CpuOf(id),
                    before.ResidentBytes + (Number.ParseLong(fields[ResidentPagesField]) * Environment.SystemPageSize)
                );
            }
        }

        return sum ?? throw new BenchException($"process {process} has ended");
    }

    private static TimeSpan CpuOf(int process)
    {
        if (GetCpuClock(process, out int clock) != 0 || GetTime(clock, out Time time) != 0)
        {
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int GetCpuClock(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    // struct timespec, where long has 64 bits.
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
