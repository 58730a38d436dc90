using System.Globalization;
using Cronos;

namespace Failover;

/// <summary>When the windows of a maintenance open.</summary>
internal sealed class MaintenanceTimes
{
    // So many occurrences tell how far apart they are: of the ones that come each minute those of a day, of the ones that come each week
    // those of the years below. Any moment would do, but the same moment always: what is valid today is valid tomorrow.
    private const int OccurrencesCompared = 1500;
    private static readonly DateTimeOffset ComparedFrom = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ComparedTo = ComparedFrom.AddYears(9);

    // More than any offset from UTC, and less than a year.
    private static readonly TimeSpan AnyOffset = TimeSpan.FromDays(2);

    private readonly Maintenance maintenance;
    private readonly TimeZoneInfo zone;
    private readonly CronExpression? repeated;
    private readonly DateTimeOffset? once;

    public MaintenanceTimes(Maintenance maintenance)
    {
        this.maintenance = maintenance;
        zone = TimeZoneOption.Find(maintenance.TimeZone);
        repeated = maintenance.Cron is { } cron ? CronExpression.Parse(cron) : null;
        once = maintenance.Start is { } start ? At(start, zone) : null;
    }

    /// <summary>The window that is open at a moment: from its first moment on, up to but without its last.</summary>
    public MaintenanceWindow? WindowAt(DateTimeOffset now)
    {
        DateTimeOffset after = now - maintenance.Duration;
        DateTimeOffset? opened = repeated is null
            ? once > after && once <= now
                ? once
                : null
            : repeated
                .GetOccurrences(after, now, zone, fromInclusive: false, toInclusive: true)
                .Select(at => (DateTimeOffset?)at.ToUniversalTime())
                .LastOrDefault();
        return opened is { } at ? maintenance.WindowFrom(at) : null;
    }

    /// <summary>When a window opens next; null where none does.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset now) =>
        repeated is null ? (once > now ? once : null) : repeated.GetNextOccurrence(now, zone)?.ToUniversalTime();

    /// <summary>Whether no window opens at a moment or later.</summary>
    public bool IsOver(DateTimeOffset now) => WindowAt(now) is null && NextAfter(now) is null;

    /// <summary>When the last window has closed, of one that has a single one.</summary>
    public DateTimeOffset? EndOfOnlyOne => once + maintenance.Duration;

    /// <summary>The shortest time from one occurrence to the next, where that is not longer than a duration; else null.</summary>
    public static TimeSpan? GapWithin(TimeSpan duration, string cron, string timeZone)
    {
        DateTimeOffset? before = null;
        TimeSpan? shortest = null;
        foreach (
            DateTimeOffset at in CronExpression
                .Parse(cron)
                .GetOccurrences(ComparedFrom, ComparedTo, TimeZoneOption.Find(timeZone))
                .Take(OccurrencesCompared)
        )
        {
            if (at - before is { } gap && !(gap >= shortest))
            {
                shortest = gap;
            }

            before = at;
        }

        return shortest <= duration ? shortest : null;
    }

    // As an occurrence of an expression: there is one rule for an hour that is skipped, and for one that comes twice.
    private static DateTimeOffset At(DateTime start, TimeZoneInfo zone) =>
        CronExpression
            .Parse(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start.Second} {start.Minute} {start.Hour} {start.Day} {start.Month} *"
                ),
                CronFormat.IncludeSeconds
            )
            .GetNextOccurrence(new DateTimeOffset(start, TimeSpan.Zero) - AnyOffset, zone)!
            .Value.ToUniversalTime();
}
