namespace Failover.Abstractions;

/// <summary>A moment on the engine's monotonic clock. Decisions know no other time: the wall clock may jump, this one
/// never goes back.</summary>
/// <param name="SinceStart">Time since the engine was made.</param>
public readonly record struct Instant(TimeSpan SinceStart) : IComparable<Instant>
{
    /// <summary>Later than every moment that is ever reached.</summary>
    public static Instant Never { get; } = new(TimeSpan.MaxValue);

    /// <summary>The earlier of two moments.</summary>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <summary>The later of two moments.</summary>
    public static Instant Max(Instant left, Instant right) => left > right ? left : right;

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => later.SinceStart - earlier.SinceStart;

    /// <summary>The moment that comes <paramref name="duration"/> after <paramref name="instant"/>; at the end of time,
    /// <see cref="Never"/>.</summary>
    public static Instant operator +(Instant instant, TimeSpan duration) =>
        duration > TimeSpan.Zero && instant.SinceStart > TimeSpan.MaxValue - duration
            ? Never
            : new(instant.SinceStart + duration);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(Instant left, Instant right) => left.SinceStart < right.SinceStart;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(Instant left, Instant right) => left.SinceStart > right.SinceStart;

    /// <summary>Whether <paramref name="left"/> is <paramref name="right"/> or comes before it.</summary>
    public static bool operator <=(Instant left, Instant right) => left.SinceStart <= right.SinceStart;

    /// <summary>Whether <paramref name="left"/> is <paramref name="right"/> or comes after it.</summary>
    public static bool operator >=(Instant left, Instant right) => left.SinceStart >= right.SinceStart;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => SinceStart.CompareTo(other.SinceStart);
}
