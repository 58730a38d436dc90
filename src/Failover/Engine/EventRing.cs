using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>An event as a reader of the ring gets it.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Missed">How many events before it the reader has missed.</param>
/// <param name="Number">Its number, from 0 on.</param>
/// <param name="At">When it was published, by the wall clock.</param>
internal readonly record struct RingEntry(HealthEvent Event, long Missed, long Number, DateTimeOffset At);

/// <summary>The newest events, for any number of readers. A reader is a position: one that is slow misses events and learns how
/// many, and delays no other.</summary>
/// <param name="capacity">How many are kept.</param>
/// <param name="time">Tells when they were published; left out, the system's clock.</param>
internal sealed class EventRing(int capacity, TimeProvider? time = null)
{
    // So many of the first digits of a random number that two rings are never taken for one.
    private const int IdDigits = 8;

    private readonly Lock gate = new();
    private readonly (HealthEvent Event, DateTimeOffset At)[] ring = new (HealthEvent, DateTimeOffset)[capacity];
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long written;
    private long missedInAll;
    private bool isComplete;

    /// <summary>Adds one. Never waits.</summary>
    public void Publish(HealthEvent happened)
    {
        TaskCompletionSource waiting;
        DateTimeOffset now = time.GetUtcNow();
        lock (gate)
        {
            ring[written++ % capacity] = (happened, now);
            waiting = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.TrySetResult();
    }

    /// <summary>There will be no more: readers end once they have read the rest.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            changed.TrySetResult();
        }
    }

    /// <summary>Of this ring: its numbers mean nothing in another one, as after a restart.</summary>
    public string Id { get; } = $"{Guid.NewGuid():N}"[..IdDigits];

    /// <summary>How many there have been: where to follow from for what comes from now on.</summary>
    public long Written
    {
        get
        {
            lock (gate)
            {
                return written;
            }
        }
    }

    /// <summary>How many events readers have missed, of all readers together.</summary>
    public long MissedInAll
    {
        get
        {
            lock (gate)
            {
                return missedInAll;
            }
        }
    }

    /// <summary>Reads events as they come.</summary>
    /// <param name="next">The number of the first: 0 for all that there have been, <see cref="Written"/> for what comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Each event, with the number of those that were missed before it.</returns>
    public async IAsyncEnumerable<RingEntry> FollowAsync(
        long next,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        // What a reader asks for that is over before it begins is not what it was too slow for.
        bool isReading = false;
        while (true)
        {
            RingEntry? happened = null;
            Task waiting = Task.CompletedTask;
            lock (gate)
            {
                if (next < written)
                {
                    long missed = Math.Max(0, written - capacity - next);
                    next += missed;
                    missedInAll += isReading ? missed : 0;
                    (HealthEvent newest, DateTimeOffset at) = ring[next % capacity];
                    happened = new(newest, missed, next++, at);
                    isReading = true;
                }
                else if (isComplete)
                {
                    yield break;
                }
                else
                {
                    waiting = changed.Task;
                }
            }

            if (happened is { } entry)
            {
                yield return entry;
            }
            else
            {
                await waiting.WaitAsync(cancellationToken);
            }
        }
    }
}
