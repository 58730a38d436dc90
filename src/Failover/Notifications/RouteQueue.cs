namespace Failover;

/// <summary>The notifications that one route has to deliver, and when each may go: without a clock, and without I/O.</summary>
/// <remarks>Those of one subject go in their order. One that its receiver refuses holds up no other subject; a receiver that cannot be
/// reached holds up all.</remarks>
/// <param name="route">The route.</param>
/// <param name="jitter">From 0 to 1: spreads attempts, so that many instances do not try at the same moment.</param>
internal sealed class RouteQueue(NotificationRoute route, Func<double> jitter)
{
    /// <summary>How many wait at most: then the oldest is dropped.</summary>
    public const int Most = 10_000;

    /// <summary>How many of those that were given up are kept.</summary>
    public const int MostDead = 1000;

    /// <summary>How long an attempt is repeated, from when it happened.</summary>
    public static readonly TimeSpan LongestDelivery = TimeSpan.FromHours(24);

    private const int MostInWindow = 10;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private readonly List<Entry> waiting = [];
    private readonly Queue<StoredDelivery> dead = [];
    private readonly Queue<TimeSpan> sent = [];

    // The alarms that have been reported, and have not been reported as over.
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private TimeSpan blockedUntil = TimeSpan.MinValue;
    private int failures;
    private bool isGathering;

    /// <summary>How many are still to be delivered.</summary>
    public int Count => waiting.Count;

    /// <summary>Those that were given up, the oldest first.</summary>
    public IReadOnlyCollection<StoredDelivery> Dead => dead;

    /// <summary>All that is still to be delivered, in order.</summary>
    public IEnumerable<StoredDelivery> Waiting => waiting.Select(entry => entry.Delivery with { Failure = null });

    /// <summary>Alarms that were reported before this process began: what comes of them is not held.</summary>
    public void Resume(IEnumerable<Notification> alarms) =>
        told.UnionWith(
            alarms
                .Select(alarm => alarm.Alarm)
                .Except(Waiting.Select(one => one.Notification.Alarm), StringComparer.Ordinal)
        );

    /// <summary>Whether an alarm has been sent, or is being sent: one that is still held has not.</summary>
    public bool IsTold(Notification alarm) => told.Contains(alarm.Alarm);

    /// <summary>Takes one more.</summary>
    /// <param name="delivery">Which.</param>
    /// <param name="now">Now.</param>
    /// <param name="wall">The same by the wall clock.</param>
    /// <returns>Those that need not be delivered any longer, and how many of them did not fit.</returns>
    public (IReadOnlyList<StoredDelivery> Over, int Dropped) Add(
        StoredDelivery delivery,
        TimeSpan now,
        DateTimeOffset wall
    )
    {
        if (delivery.Failure is not null)
        {
            return (Bury(delivery), 0);
        }

        Notification one = delivery.Notification;
        Entry[] held = [.. waiting.Where(entry => entry.IsHeld && entry.Delivery.Notification.Alarm == one.Alarm)];
        if (one.Status == NotificationStatus.Resolved && (held.Length > 0 || !route.TellsResolved))
        {
            Remove(held);
            Note(one);
            return ([.. held.Select(entry => entry.Delivery), delivery], 0);
        }

        Entry added = new(delivery)
        {
            DueAt = now,
            AddedAt = now,
            AgeThen = wall - one.At is var age && age < TimeSpan.Zero ? TimeSpan.Zero : age,
        };
        if (
            one.Status == NotificationStatus.Firing
            && route.MinimumDuration is { } duration
            && !told.Contains(one.Alarm)
        )
        {
            TimeSpan left = duration - (wall - one.Since);
            added.IsHeld = left > TimeSpan.Zero;
            added.DueAt =
                now
                + (
                    left > duration ? duration
                    : added.IsHeld ? left
                    : TimeSpan.Zero
                );
            // What it has become meanwhile is reported instead.
            Remove(held);
        }
        else
        {
            held = [];
            Note(one);
        }

        waiting.Add(added);
        if (waiting.Count <= Most)
        {
            return ([.. held.Select(entry => entry.Delivery)], 0);
        }

        Entry oldest = waiting[0];
        waiting.RemoveAt(0);
        return ([oldest.Delivery, .. held.Select(entry => entry.Delivery)], 1);
    }

    /// <summary>What is to be sent now.</summary>
    /// <param name="now">Now.</param>
    /// <param name="next">When to ask again where nothing is; null: once something is added.</param>
    /// <param name="isLast">Whether nothing is waited for that could go out together with it.</param>
    public IReadOnlyList<StoredDelivery> Take(TimeSpan now, out TimeSpan? next, bool isLast = false)
    {
        next = null;
        if (now < blockedUntil)
        {
            next = waiting.Count > 0 ? blockedUntil : null;
            return [];
        }

        int most = route.Receiver.MostAtOnce;
        List<Entry> due = Due(now, isGathering ? most : 1, ref next);
        if (due.Count == 0)
        {
            return [];
        }

        while (sent.TryPeek(out TimeSpan oldest) && now - oldest >= Window)
        {
            sent.Dequeue();
        }

        if (most > 1 && sent.Count >= MostInWindow)
        {
            isGathering = true;
            if (!isLast)
            {
                next = sent.Peek() + Window;
                return [];
            }
        }

        IEnumerable<Entry> taken = due[0].IsAlone ? due.Take(1) : due.TakeWhile(entry => !entry.IsAlone);
        // What does not fit into one message goes into the next.
        isGathering &= due.Count == most;
        foreach (Entry entry in taken)
        {
            entry.IsHeld = false;
            Note(entry.Delivery.Notification);
        }

        return [.. taken.Select(entry => entry.Delivery)];
    }

    /// <summary>Notes what came of an attempt to send what <see cref="Take"/> gave.</summary>
    /// <returns>Those that are given up, and those that make room for them.</returns>
    public (IReadOnlyList<StoredDelivery> Dead, IReadOnlyList<StoredDelivery> Forgotten) Settle(
        IReadOnlyList<StoredDelivery> message,
        SendResult result,
        TimeSpan now,
        DateTimeOffset wall
    )
    {
        HashSet<StoredDelivery> ofMessage = new(message, ReferenceEqualityComparer.Instance);
        Entry[] entries = [.. waiting.Where(entry => ofMessage.Contains(entry.Delivery))];
        sent.Enqueue(now);
        if (result.IsTaken)
        {
            failures = 0;
            Remove(entries);
            return ([], []);
        }

        if (result.IsOfMessage)
        {
            failures = 0;
            foreach (Entry entry in entries)
            {
                // Each for itself: one of them may be the one that is refused.
                entry.DueAt = entries.Length > 1 ? now : now + Delay(++entry.Attempts, result.RetryAfter);
                entry.IsAlone = true;
            }
        }
        else
        {
            blockedUntil = now + Delay(++failures, result.RetryAfter);
        }

        Entry[] old = [.. entries.Where(entry => entry.AgeThen + (now - entry.AddedAt) >= LongestDelivery)];
        Remove(old);
        List<StoredDelivery> given = [];
        List<StoredDelivery> forgotten = [];
        foreach (Entry entry in old)
        {
            StoredDelivery lost = entry.Delivery with { Failure = result.Problem };
            given.Add(lost);
            forgotten.AddRange(Bury(lost));
        }

        return (given, forgotten);
    }

    /// <summary>Tries those again that were given up, as what is still to be delivered: they stay stored as given up until they are. What is
    /// over meanwhile is not reported as wrong.</summary>
    /// <param name="standing">The alarms that stand.</param>
    /// <param name="now">Now.</param>
    /// <returns>Those that are tried again, and those that are over.</returns>
    public (int Revived, IReadOnlyList<StoredDelivery> Over) Revive(IEnumerable<Notification> standing, TimeSpan now)
    {
        HashSet<string> meant =
        [
            .. standing.Select(alarm => alarm.Alarm),
            .. dead.Concat(Waiting)
                .Select(one => one.Notification)
                .Where(one => one.Status == NotificationStatus.Resolved)
                .Select(one => one.Alarm),
        ];
        ILookup<bool, StoredDelivery> all = dead.ToLookup(one =>
            one.Notification.Status != NotificationStatus.Firing || meant.Contains(one.Notification.Alarm)
        );
        StoredDelivery[] revived = [.. all[true]];
        waiting.InsertRange(0, revived.Select(one => new Entry(one) { DueAt = now, AddedAt = now }));
        dead.Clear();
        (blockedUntil, failures) = (TimeSpan.MinValue, 0);
        return (revived.Length, [.. all[false]]);
    }

    private IReadOnlyList<StoredDelivery> Bury(StoredDelivery delivery)
    {
        dead.Enqueue(delivery);
        return dead.Count > MostDead ? [dead.Dequeue()] : [];
    }

    // The first so many of those that may go.
    private List<Entry> Due(TimeSpan now, int most, ref TimeSpan? next)
    {
        List<Entry> due = [];
        HashSet<string> blocked = new(StringComparer.Ordinal);
        foreach (Entry entry in waiting)
        {
            string subject = entry.Delivery.Notification.Subject;
            if (due.Count == most)
            {
                break;
            }

            if (entry.DueAt <= now && !blocked.Contains(subject))
            {
                due.Add(entry);
            }
            else if (blocked.Add(subject) && (next is null || entry.DueAt < next))
            {
                next = entry.DueAt;
            }
        }

        return due;
    }

    private void Note(Notification one)
    {
        if (one.Status == NotificationStatus.Firing)
        {
            told.Add(one.Alarm);
        }
        else if (one.Status == NotificationStatus.Resolved)
        {
            told.Remove(one.Alarm);
        }
    }

    private void Remove(IEnumerable<Entry> entries)
    {
        HashSet<Entry> removed = [.. entries];
        if (removed.Count > 0)
        {
            waiting.RemoveAll(removed.Contains);
        }
    }

    private TimeSpan Delay(int attempts, TimeSpan? asked)
    {
        double doubled = FirstDelay.TotalSeconds * Math.Pow(2, Math.Min(attempts, 20) - 1);
        TimeSpan delay = TimeSpan.FromSeconds(Math.Min(doubled, LongestDelay.TotalSeconds) * (0.75 + (jitter() / 2)));
        TimeSpan wished = asked is { } time && time < LongestRetryAfter ? time : LongestRetryAfter;
        return asked is not null && wished > delay ? wished : delay;
    }

    private sealed class Entry(StoredDelivery delivery)
    {
        public StoredDelivery Delivery => delivery;

        public TimeSpan DueAt { get; set; }

        public TimeSpan AddedAt { get; init; }

        /// <summary>How old it was when it was added, by the wall clock, which may be set meanwhile.</summary>
        public TimeSpan AgeThen { get; init; }

        public int Attempts { get; set; }

        /// <summary>Whether it waits for what it says to have lasted long enough.</summary>
        public bool IsHeld { get; set; }

        /// <summary>Whether it is sent for itself.</summary>
        public bool IsAlone { get; set; }
    }
}
