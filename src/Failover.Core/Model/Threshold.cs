using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>How much unbroken evidence it takes to change a state: a count, a duration, or two of them joined.</summary>
/// <remarks>A threshold is reached, not exceeded: with <c>Count(3)</c> the third contrary observation in a row flips;
/// with <c>Minute(2)</c> the first one that comes 2 minutes or more after the first of the streak. An <see cref="int"/>
/// converts to a count, a <see cref="TimeSpan"/> to a duration; <c>Count(5) &amp; Minute(1)</c> needs both, <c>Count(5) | Minute(1)</c>
/// either.</remarks>
public abstract record Threshold
{
    private protected Threshold() { }

    /// <summary>Reached when both are.</summary>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Threshold operator &(Threshold left, Threshold right) =>
        new BothThreshold(Given(left, nameof(left)), Given(right, nameof(right)));

    /// <summary>Reached when either is.</summary>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Threshold operator |(Threshold left, Threshold right) =>
        new EitherThreshold(Given(left, nameof(left)), Given(right, nameof(right)));

    /// <summary>A run that lasts so long: its newest observation comes at least <paramref name="duration"/> after its
    /// first. One observation alone never reaches it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is 0 or less.</exception>
    public static implicit operator Threshold(TimeSpan duration) => new DurationThreshold(duration);

    /// <summary>A run of so many observations: <c>okAfter: 5</c> is <c>okAfter: Count(5)</c>, reached with the fifth in a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is 0 or less.</exception>
    public static implicit operator Threshold(int count) => new CountThreshold(count);

    /// <summary>Reads a count or a duration.</summary>
    internal static Parsed Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count))
        {
            return count > 0 ? new(Units.Count(count)) : Parsed.Refused("which is too few");
        }

        return DurationText.Parse(text) switch
        {
            { Value: TimeSpan duration } when duration > TimeSpan.Zero => new((Threshold)duration),
            { Value: TimeSpan } => Parsed.Refused("which is too short"),
            var parsed => parsed,
        };
    }

    internal abstract bool IsReachedBy(Streak streak);

    /// <summary>Whether a duration is a part of it.</summary>
    internal abstract bool IsTimed { get; }

    /// <summary>As <see cref="ToString"/>, with no duration rounded and brackets around everything joined.</summary>
    internal abstract string FullText { get; }

    /// <summary>How a streak that does not reach it yet can reach it, the earliest first.</summary>
    /// <param name="streak">The run.</param>
    /// <param name="schedule">How soon further observations can come.</param>
    /// <param name="now">The time.</param>
    internal abstract ImmutableArray<Forecast> ForecastsFrom(Streak streak, ObservationSchedule schedule, Instant now);

    /// <summary>As it is written in a sentence: <c>3</c>, <c>2m</c>, <c>5 and 1m</c>.</summary>
    public sealed override string ToString() => Text;

    private protected abstract string Text { get; }

    /// <summary>The threshold as a part of a joined one: in brackets where it is joined itself.</summary>
    private protected static string Part(Threshold threshold) =>
        threshold is BothThreshold or EitherThreshold ? $"({threshold})" : threshold.Text;

    private static Threshold Given(Threshold? threshold, string side) =>
        threshold ?? throw new ArgumentNullException(side, $"{side} is missing; accepted: a threshold");
}

internal sealed record CountThreshold : Threshold
{
    public CountThreshold(int count)
    {
        if (count <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                $"threshold is a count of {count}; accepted: 1 or more observations"
            );
        }

        Observations = count;
    }

    public int Observations { get; }

    private protected override string Text => $"{Observations}";

    internal override string FullText => Text;

    internal override bool IsReachedBy(Streak streak) => streak.Count >= Observations;

    internal override bool IsTimed => false;

    internal override ImmutableArray<Forecast> ForecastsFrom(Streak streak, ObservationSchedule schedule, Instant now)
    {
        int more = Math.Max(1, Observations - streak.Count);
        return [new(more, schedule.Turn(more, now))];
    }
}

internal sealed record DurationThreshold : Threshold
{
    public DurationThreshold(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                $"threshold is a duration of {Units.Text(duration)}; accepted: more than 0s"
            );
        }

        Duration = duration;
    }

    public TimeSpan Duration { get; }

    private protected override string Text => Units.Text(Duration);

    internal override string FullText => DurationText.Exact(Duration);

    internal override bool IsReachedBy(Streak streak) => streak.Count >= 2 && streak.Duration >= Duration;

    internal override bool IsTimed => true;

    internal override ImmutableArray<Forecast> ForecastsFrom(Streak streak, ObservationSchedule schedule, Instant now)
    {
        (int more, Instant first) = streak.Count == 0 ? (2, schedule.Turn(1, now)) : (1, streak.First);
        return [new(more, Instant.Max(first + Duration, schedule.Turn(more, now)))];
    }
}

internal sealed record BothThreshold(Threshold Left, Threshold Right) : Threshold
{
    private protected override string Text => $"{Part(Left)} and {Part(Right)}";

    internal override string FullText => $"({Left.FullText} and {Right.FullText})";

    internal override bool IsReachedBy(Streak streak) => Left.IsReachedBy(streak) && Right.IsReachedBy(streak);

    internal override bool IsTimed => Left.IsTimed || Right.IsTimed;

    internal override ImmutableArray<Forecast> ForecastsFrom(
        Streak streak,
        ObservationSchedule schedule,
        Instant now
    ) =>
        Forecast.Best(
            from left in Left.ForecastsFrom(streak, schedule, now)
            from right in Right.ForecastsFrom(streak, schedule, now)
            select left.And(right)
        );
}

internal sealed record EitherThreshold(Threshold Left, Threshold Right) : Threshold
{
    private protected override string Text => $"{Part(Left)} or {Part(Right)}";

    internal override string FullText => $"({Left.FullText} or {Right.FullText})";

    internal override bool IsReachedBy(Streak streak) => Left.IsReachedBy(streak) || Right.IsReachedBy(streak);

    internal override bool IsTimed => Left.IsTimed || Right.IsTimed;

    internal override ImmutableArray<Forecast> ForecastsFrom(
        Streak streak,
        ObservationSchedule schedule,
        Instant now
    ) => Forecast.Best([.. Left.ForecastsFrom(streak, schedule, now), .. Right.ForecastsFrom(streak, schedule, now)]);
}
