using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>When a process began, which tells it from a later one with the same number.</summary>
internal static class ProcessStart
{
    // proc_pid_stat(5): field 22 is the start time; the state, which follows the parenthesis, is field 3.
    private const int FieldAfterName = 22 - 3;

    /// <summary>In clock ticks since the machine was booted; null: no such process, or none that this user may see.</summary>
    /// <param name="process">Its number.</param>
    [SupportedOSPlatform("linux")]
    public static long? Of(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            // The name of the program stands in parentheses and may contain any character.
            string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.Parse(fields[FieldAfterName], CultureInfo.InvariantCulture);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
