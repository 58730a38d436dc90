using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>The newest events, for any number of readers. A reader is a position: one that is slow misses events and learns how
/// many, and delays no other.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class EventRing(int capacity)
{
    private readonly Lock gate = new();
    private readonly HealthEvent[] ring = new HealthEvent[capacity];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long written;
    private bool isComplete;

    /// <summary>Adds one. Never waits.</summary>
    public void Publish(HealthEvent happened)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            ring[written++ % capacity] = happened;
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

    /// <summary>Reads events as they come.</summary>
    /// <param name="next">The number of the first: 0 for all that there have been, <see cref="Written"/> for what comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Each event, with the number of those that were missed before it.</returns>
    public async IAsyncEnumerable<(HealthEvent Event, long Missed)> FollowAsync(
        long next,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        while (true)
        {
            HealthEvent? happened = null;
            long missed = 0;
            Task waiting = Task.CompletedTask;
            lock (gate)
            {
                if (next < written)
                {
                    missed = Math.Max(0, written - capacity - next);
                    next += missed;
                    happened = ring[next++ % capacity];
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

            if (happened is not null)
            {
                yield return (happened, missed);
            }
            else
            {
                await waiting.WaitAsync(cancellationToken);
            }
        }
    }
}
