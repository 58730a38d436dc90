using System.Collections.Immutable;

namespace Failover;

/// <summary>Watches the wall clock, and says which maintenance windows are open whenever that may have changed.</summary>
/// <remarks>One timer: it is set to when the next window opens or closes, and to a minute at most, for the wall clock may be set
/// meanwhile, and nobody says so. Without maintenance there is none.</remarks>
internal sealed class MaintenanceSchedule : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Action<IReadOnlyList<MaintenanceWindow>> changed;
    private readonly ITimer timer;
    private readonly Lock feeding = new();
    private Planned planned = new([], []);
    private volatile bool isDisposed;

    /// <summary>Makes a schedule of nothing.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Takes those that are open: at least when others are. One call at a time.</param>
    public MaintenanceSchedule(TimeProvider time, Action<IReadOnlyList<MaintenanceWindow>> changed)
    {
        this.time = time;
        this.changed = changed;
        timer = time.CreateTimer(
            static schedule => ((MaintenanceSchedule)schedule!).Feed(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>What is planned. Another list takes its place at once: what is open by it is said before this returns.</summary>
    public ImmutableArray<Maintenance> All
    {
        get => Volatile.Read(ref planned).All;
        set
        {
            if (!value.SequenceEqual(All))
            {
                Volatile.Write(ref planned, new(value, [.. value.Select(one => new MaintenanceTimes(one))]));
                Feed();
            }
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        timer.Dispose();
    }

    // A reload and the timer may come at once: one after the other, so that what is said last is the newest.
    private void Feed()
    {
        lock (feeding)
        {
            FeedNow();
        }
    }

    private void FeedNow()
    {
        Planned seen = Volatile.Read(ref planned);
        DateTimeOffset now = time.GetUtcNow();
        changed([.. seen.Times.Select(one => one.WindowAt(now)).OfType<MaintenanceWindow>()]);
        if (seen.Times.IsEmpty || isDisposed)
        {
            return;
        }

        TimeSpan wait = seen.Times.Min(one => Wait(one, now));
        // Rounded up to the grain of timers: elapsed a moment early, it would be set once more.
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Wait(MaintenanceTimes times, DateTimeOffset now)
    {
        DateTimeOffset? next = times.WindowAt(now)?.Until;
        if (times.NextAfter(now) is { } opens && !(next < opens))
        {
            next = opens;
        }

        return next - now is { } wait && wait < LongestWait ? wait : LongestWait;
    }

    private sealed record Planned(ImmutableArray<Maintenance> All, ImmutableArray<MaintenanceTimes> Times);
}
