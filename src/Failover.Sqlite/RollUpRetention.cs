namespace Failover;

/// <summary>For how long roll-ups are kept, and in how much space.</summary>
/// <param name="MaxAge">How old an hour may become.</param>
/// <param name="MaxSize">How many bytes of the file may be in use, about.</param>
internal sealed record RollUpRetention(TimeSpan MaxAge, long MaxSize)
{
    /// <summary>How old a minute may become.</summary>
    public static readonly TimeSpan MinutesMaxAge = TimeSpan.FromDays(2);

    // Each minute adds one: so the file comes to its bounds, and a clock that is wrong for a moment takes no more than a moment's worth.
    private const int MostMinutesAtOnce = 2;
    private const int MostHoursAtOnce = 1;

    // A step of this many takes some milliseconds.
    private const int MostForSize = 10;

    /// <summary>Forgets some of what is too old or too much.</summary>
    /// <returns>Whether there is more that is too much.</returns>
    public bool Prune(RollUpTables tables, DateTimeOffset now)
    {
        int forgotten = tables.Forget(
            RollUpPeriod.Minute,
            Before(now, MaxAge < MinutesMaxAge ? MaxAge : MinutesMaxAge),
            MostMinutesAtOnce
        );
        forgotten += tables.Forget(RollUpPeriod.Hour, Before(now, MaxAge), MostHoursAtOnce);
        long size = tables.Size();
        int forSize = size > MaxSize ? ForgetForSize(tables, size) : 0;
        if (forgotten + forSize > 0)
        {
            tables.ForgetNames();
        }

        return forSize > 0;
    }

    private int ForgetForSize(RollUpTables tables, long size)
    {
        // The same part of the time that minutes and hours go back.
        double excess = (size - MaxSize) / (double)size;
        return tables.Forget(
                RollUpPeriod.Minute,
                Oldest(tables.Span(RollUpPeriod.Minute), excess),
                MostForSize,
                isShortOfSpace: true
            )
            + tables.Forget(
                RollUpPeriod.Hour,
                Oldest(tables.Span(RollUpPeriod.Hour), excess),
                MostForSize,
                isShortOfSpace: true
            );
    }

    private static DateTimeOffset Before(DateTimeOffset now, TimeSpan age) =>
        now - DateTimeOffset.MinValue > age ? now - age : DateTimeOffset.MinValue;

    private static DateTimeOffset Oldest((DateTimeOffset Oldest, DateTimeOffset Newest) span, double part) =>
        span.Oldest + ((span.Newest - span.Oldest) * part) + TimeSpan.FromSeconds(1);
}
