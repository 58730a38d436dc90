using System.Globalization;

namespace Failover;

/// <summary>The newest observations: so many of them, or those of so long.</summary>
/// <remarks>An <see cref="int"/> converts to a number, a <see cref="TimeSpan"/> to a duration: <c>of: 5</c>, <c>of: Minute(5)</c>.</remarks>
public readonly record struct Window
{
    /// <summary>The largest number of observations.</summary>
    public static int LargestCount { get; } = 1_000_000;

    private Window(int? count, TimeSpan? duration) => (Observations, Duration) = (count, duration);

    /// <summary>How many observations; null where a duration is given.</summary>
    public int? Observations { get; }

    /// <summary>How long before the newest observation, itself included; null where a number is given.</summary>
    public TimeSpan? Duration { get; }

    /// <summary>The last so many observations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Under 1, or over <see cref="LargestCount"/>.</exception>
    public static implicit operator Window(int count) =>
        count >= 1 && count <= LargestCount
            ? new(count, duration: null)
            : throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"window is a number of {count}; accepted: 1 to {LargestCount} observations"
                )
            );

    /// <summary>The observations of the last so long.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is 0 or less, or over 30 days.</exception>
    public static implicit operator Window(TimeSpan duration) =>
        duration > TimeSpan.Zero && duration <= DurationOption.Longest
            ? new(count: null, duration)
            : throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                $"window is a duration of {Units.Text(duration)}; accepted: more than 0s, up to {Units.Text(DurationOption.Longest)}"
            );

    /// <summary>As it is written in a sentence: <c>5</c>, <c>10m</c>.</summary>
    public override string ToString() =>
        Duration is { } duration ? Units.Text(duration) : (Observations ?? 0).ToString(CultureInfo.InvariantCulture);

    /// <summary>As <see cref="ToString"/>, with no duration rounded.</summary>
    internal string FullText => Duration is { } duration ? DurationText.Exact(duration) : ToString();
}
