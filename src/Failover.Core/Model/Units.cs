using System.Globalization;

namespace Failover;

/// <summary>The words that scripts are written in: <c>using static Failover.Units;</c>.</summary>
public static class Units
{
    /// <summary><see cref="HealthState.Ok"/>.</summary>
    public const HealthState Ok = HealthState.Ok;

    /// <summary><see cref="HealthState.Fail"/>.</summary>
    public const HealthState Fail = HealthState.Fail;

    /// <summary><see cref="HealthState.Error"/>.</summary>
    public const HealthState Error = HealthState.Error;

    /// <summary>As an initial state: the first definite result decides, whatever the thresholds, and until then the state is
    /// <see cref="HealthState.Error"/>, of which this is another name.</summary>
    public const HealthState First = HealthState.Error;

    /// <summary>So many seconds, fractions too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a number, or beyond what a <see cref="TimeSpan"/> holds.</exception>
    public static TimeSpan Second(double count) => Times(count, TimeSpan.FromSeconds(1));

    /// <summary>So many minutes, fractions too.</summary>
    /// <inheritdoc cref="Second"/>
    public static TimeSpan Minute(double count) => Times(count, TimeSpan.FromMinutes(1));

    /// <summary>So many hours, fractions too.</summary>
    /// <inheritdoc cref="Second"/>
    public static TimeSpan Hour(double count) => Times(count, TimeSpan.FromHours(1));

    /// <summary>So many days of 24 hours, fractions too.</summary>
    /// <inheritdoc cref="Second"/>
    public static TimeSpan Day(double count) => Times(count, TimeSpan.FromDays(1));

    /// <summary>A threshold that is reached with the <paramref name="count"/>th observation in a row.</summary>
    /// <param name="count">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is 0 or less.</exception>
    public static Threshold Count(int count) => new CountThreshold(count);

    /// <summary>A duration as people write it, in its two largest units: <c>250ms</c>, <c>10s</c>, <c>1m30s</c>, <c>1d2h</c>.</summary>
    internal static string Text(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            // The shortest has no counterpart: it is one tick further from zero than the longest.
            return "-" + Text(duration == TimeSpan.MinValue ? TimeSpan.MaxValue : -duration);
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");
        }

        if (duration < TimeSpan.FromMinutes(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");
        }

        (long first, string firstUnit, long second, string secondUnit) = duration switch
        {
            { TotalHours: < 1 } => (duration.Minutes, "m", duration.Seconds, "s"),
            { TotalDays: < 1 } => (duration.Hours, "h", duration.Minutes, "m"),
            _ => ((long)duration.Days, "d", (long)duration.Hours, "h"),
        };
        string rest = second == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{second}{secondUnit}");
        return string.Create(CultureInfo.InvariantCulture, $"{first}{firstUnit}{rest}");
    }

    private static TimeSpan Times(double count, TimeSpan unit)
    {
        double ticks = Math.Round(count * unit.Ticks);
        // long.MaxValue is not a double: the next one up is 2^63, which no longer fits.
        return ticks is >= long.MinValue and < long.MaxValue
            ? TimeSpan.FromTicks((long)ticks)
            : throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"count is {count}; accepted: a number that gives at most {TimeSpan.MaxValue.Days} days"
                )
            );
    }
}
