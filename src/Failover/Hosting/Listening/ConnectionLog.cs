using System.Globalization;

namespace Failover;

/// <summary>Counts what a budget does, and says so in at most a line a minute.</summary>
/// <param name="name">The budget.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionLog(string name, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly long[] counts = new long[Enum.GetValues<ConnectionEnd>().Length];

    // What the last line has told.
    private readonly long[] told = new long[Enum.GetValues<ConnectionEnd>().Length];
    private long? written;

    public Action<string> Warn { get; set; } = _ => { };

    /// <summary>How many there were.</summary>
    public long Of(ConnectionEnd cause)
    {
        lock (gate)
        {
            return counts[(int)cause];
        }
    }

    /// <summary>Counts one.</summary>
    /// <param name="cause">Why it was closed.</param>
    /// <param name="open">How many are open.</param>
    /// <param name="most">The budget.</param>
    /// <param name="largest">The source that holds most, and how many; it names one where it is known.</param>
    public void Count(ConnectionEnd cause, int open, long most, (ClientNetwork? Source, int Count) largest)
    {
        ConnectionCounters.Close(name, cause);
        string? line;
        lock (gate)
        {
            counts[(int)cause]++;
            line = LineIfDue(cause, open, most, largest);
        }

        if (line is not null)
        {
            Warn(line);
        }
    }

    // Clients that say nothing are counted only: a browser opens connections that it may never use.
    private string? LineIfDue(ConnectionEnd cause, int open, long most, (ClientNetwork? Source, int Count) largest)
    {
        if (cause == ConnectionEnd.Silent || (written is { } last && time.GetElapsedTime(last) < Pause))
        {
            return null;
        }

        string source = largest.Source is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"; most of them, {largest.Count}, are from {known}")
            : "";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"connections of {name}: {open} of {most} are open{source}; closed to make room: {Untold(ConnectionEnd.Replaced)}, refused: {Untold(ConnectionEnd.Refused)}, closed without a first byte: {Untold(ConnectionEnd.Silent)}"
        );
        counts.CopyTo(told, 0);
        written = time.GetTimestamp();
        return line;
    }

    private long Untold(ConnectionEnd cause) => counts[(int)cause] - told[(int)cause];
}
