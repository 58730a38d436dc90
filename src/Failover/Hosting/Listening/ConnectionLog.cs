using System.Globalization;

namespace Failover;

/// <summary>Counts what a budget does, and says so in at most a line a minute.</summary>
/// <param name="name">The budget.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionLog(string name, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long replaced;
    private long refused;
    private long silent;
    private long? written;

    public Action<string> Warn { get; set; } = _ => { };

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
            replaced += cause == ConnectionEnd.Replaced ? 1 : 0;
            refused += cause == ConnectionEnd.Refused ? 1 : 0;
            silent += cause == ConnectionEnd.Silent ? 1 : 0;
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
            $"connections of {name}: {open} of {most} are open{source}; closed to make room: {replaced}, refused: {refused}, closed without a first byte: {silent}"
        );
        (replaced, refused, silent) = (0, 0, 0);
        written = time.GetTimestamp();
        return line;
    }
}
