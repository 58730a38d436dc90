namespace Failover;

/// <summary>Has files compared when they may have changed: soon after the kernel notices something, and again and again in any case, as it
/// does not notice everything.</summary>
/// <remarks>Where its notices are known to be whole (<see cref="FileNotices.Follow"/>), the files are compared without one every
/// <see cref="SlowInterval"/> only. By another clock than the machine's, as in tests, there are no notices.</remarks>
internal sealed class FileWatch : IDisposable
{
    private readonly TimeProvider time;
    private readonly TimeSpan interval;
    private readonly Func<bool> compare;
    private readonly bool hasNotices;
    private readonly Lock gate = new();
    private IReadOnlyCollection<string>? paths;
    private ITimer? timer;
    private long due = long.MaxValue;
    private long comparedAt;
    private bool isComparing;
    private bool isNoticed;
    private volatile bool hasAsked;

    /// <summary>Compares nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="interval">How often the files are compared of which not every change is noticed; and after how long they are again where something
    /// is not settled. A quarter of it after a notice they are compared the first time: what is written in several steps is whole by then.</param>
    /// <param name="compare">Compares the files, one call at a time; the next one comes when it has returned. False: something is not settled.</param>
    public FileWatch(TimeProvider time, TimeSpan interval, Func<bool> compare)
    {
        (this.time, this.interval, this.compare) = (time, interval, compare);
        hasNotices = OperatingSystem.IsLinux() && (time is BootTime || time == TimeProvider.System);
    }

    /// <summary>How often files are compared of which every change is noticed. All watches of a process do so at the same times: it wakes for them
    /// once.</summary>
    public TimeSpan SlowInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From now on watches these files and folders, in the place of others; they are compared an interval from now first.</summary>
    public void Follow(IReadOnlyCollection<string> watched)
    {
        lock (gate)
        {
            paths = watched;
            timer ??= time.CreateTimer(_ => Compare(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            SetNext(time.GetTimestamp() + Timestamps(interval));
        }
    }

    /// <summary>Watches nothing until it is to follow something else.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            paths = null;
            timer?.Dispose();
            timer = null;
        }

        if (OperatingSystem.IsLinux() && hasAsked)
        {
            FileNotices.OfProcess?.Leave(this);
        }
    }

    private void Compare()
    {
        IReadOnlyCollection<string>? compared;
        lock (gate)
        {
            compared = paths;
            if (compared is null || isComparing)
            {
                return;
            }

            (isComparing, isNoticed, due) = (true, false, long.MaxValue);
        }

        // First: what changes behind the back of the comparison is noticed.
        hasAsked |= hasNotices;
        bool isTold =
            OperatingSystem.IsLinux()
            && hasNotices
            && FileNotices.OfProcess?.Follow(this, compared, NoticeChange) == true;
        bool isSettled = compare();
        lock (gate)
        {
            isComparing = false;
            comparedAt = time.GetTimestamp();
            bool isQuiet = isTold && isSettled && !isNoticed && compared == paths;
            SetNext(isQuiet ? NextSlow(comparedAt) : comparedAt + Timestamps(interval));
        }

        LeaveUnlessFollowing();
    }

    // It may have been disposed of while it was asking for notices.
    private void LeaveUnlessFollowing()
    {
        bool isFollowing;
        lock (gate)
        {
            isFollowing = paths is not null;
        }

        if (!isFollowing && OperatingSystem.IsLinux() && hasNotices)
        {
            FileNotices.OfProcess?.Leave(this);
        }
    }

    // On the thread of the notices.
    private void NoticeChange()
    {
        lock (gate)
        {
            isNoticed = true;
            long soon = time.GetTimestamp() + Timestamps(interval / 4);
            // A file that changes all the time is compared once in an interval, as without notices.
            long at = Math.Max(soon, comparedAt + Timestamps(interval));
            if (!isComparing && at < due)
            {
                SetNext(at);
            }
        }
    }

    private long NextSlow(long now)
    {
        long slow = Timestamps(SlowInterval);
        return ((now / slow) + 1) * slow;
    }

    private void SetNext(long at)
    {
        due = at;
        // Rounded up to the grain of timers: elapsed a moment early, it would be set for that moment once more.
        double left = Math.Ceiling(time.GetElapsedTime(time.GetTimestamp(), at).TotalMilliseconds);
        timer?.Change(TimeSpan.FromMilliseconds(Math.Max(0, left)), Timeout.InfiniteTimeSpan);
    }

    private long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
