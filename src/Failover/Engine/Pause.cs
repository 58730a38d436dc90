namespace Failover;

/// <summary>A time in which this process may not have been running: stopped, starved of CPU, collecting garbage, or in a machine
/// that was suspended.</summary>
/// <param name="Number">1 for the first that was noticed, and higher for each later one.</param>
/// <param name="From">The timestamp at which the process was last seen running before it.</param>
/// <param name="To">The timestamp at which the process was first seen running after it.</param>
internal readonly record struct Pause(long Number, long From, long To)
{
    /// <summary>Whether any part of it lies between two timestamps, these included.</summary>
    public bool Overlaps(long started, long ended) => From <= ended && started <= To;
}
