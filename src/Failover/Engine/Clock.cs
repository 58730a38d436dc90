namespace Failover;

/// <summary>The one source of time of an engine: monotonic, beginning at zero, never going back.</summary>
internal sealed class Clock(TimeProvider time)
{
    private readonly long origin = time.GetTimestamp();

    public TimeProvider Time => time;

    /// <summary>The instant of a timestamp of its provider.</summary>
    public Instant At(long timestamp) => new(time.GetElapsedTime(origin, timestamp));

    public Instant Now => new(time.GetElapsedTime(origin));
}
