using System.Globalization;

namespace Failover;

/// <summary>What a process and its children have used, all threads together.</summary>
/// <param name="Cpu">User and system time, in steps of 10 ms (proc(5): /proc/pid/stat).</param>
/// <param name="ResidentBytes">Memory that is resident now.</param>
internal readonly record struct ProcessFigures(TimeSpan Cpu, long ResidentBytes)
{
    // USER_HZ, which Linux shows to programs as 100 on every architecture that .NET runs on.
    private const int TicksPerSecond = 100;

    // Fields of /proc/pid/stat, counted from the one behind the name in parentheses.
    private const int ParentField = 1;
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;
    private const int ResidentPagesField = 21;

    public static ProcessFigures Read(int process)
    {
        Dictionary<int, string[]> all = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id)
                && ReadFields(folder) is { } fields
            )
            {
                all[id] = fields;
            }
        }

        if (!all.ContainsKey(process))
        {
            throw new BenchException($"process {process} has ended");
        }

        long ticks = 0;
        long pages = 0;
        foreach ((int id, string[] fields) in all)
        {
            if (id == process || Number.Parse(fields[ParentField]) == process)
            {
                ticks += Number.ParseLong(fields[UserTimeField]) + Number.ParseLong(fields[SystemTimeField]);
                pages += Number.ParseLong(fields[ResidentPagesField]);
            }
        }

        return new(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), pages * Environment.SystemPageSize);
    }

    private static string[]? ReadFields(string folder)
    {
        try
        {
            string text = File.ReadAllText($"{folder}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
