namespace Failover;

/// <summary>So many at a time: whoever finds no place free waits for one, in the order of asking.</summary>
/// <param name="time">For how long one waits.</param>
/// <param name="most">So many places there are.</param>
internal sealed class PlaceQueue<T>(TimeProvider time, int most)
    where T : PlaceQueue<T>.Waiter
{
    private readonly Lock gate = new();
    private readonly LinkedList<T> waiting = [];
    private int most = most;
    private int taken;

    /// <summary>How many places there are.</summary>
    public int Most
    {
        get
        {
            lock (gate)
            {
                return most;
            }
        }
    }

    /// <summary>How many of them are taken; more than there are just after there have become fewer.</summary>
    public int Taken
    {
        get
        {
            lock (gate)
            {
                return taken;
            }
        }
    }

    /// <summary>Takes a place, if one is free.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            bool isFree = taken < most;
            taken += isFree ? 1 : 0;
            return isFree;
        }
    }

    /// <summary>Takes a place, or begins to wait for one.</summary>
    /// <param name="who">Who takes it. Nobody asks twice.</param>
    /// <param name="longestWait">How long it waits; after that it gives up.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Whether it has a place. One that waits gets it from <see cref="Leave"/> or <see cref="Resize"/>.</returns>
    public bool TryEnter(T who, TimeSpan longestWait, CancellationToken stopping)
    {
        lock (gate)
        {
            if (TryEnter())
            {
                return true;
            }

            who.Wait(this, waiting.AddLast(who), longestWait, stopping);
            return false;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <returns>Who has waited longest and has it from now on; null where nobody waits.</returns>
    public T? Leave()
    {
        lock (gate)
        {
            taken--;
            return TakeNext();
        }
    }

    /// <summary>Makes places more or fewer. One that is taken is taken until it is given back.</summary>
    /// <returns>Those who have waited for them and have one from now on.</returns>
    public IReadOnlyList<T> Resize(int places)
    {
        List<T> entered = [];
        lock (gate)
        {
            most = places;
            while (TakeNext() is { } next)
            {
                entered.Add(next);
            }
        }

        return entered;
    }

    private T? TakeNext()
    {
        if (taken >= most || waiting.First is not { Value: var next })
        {
            return null;
        }

        taken++;
        waiting.RemoveFirst();
        next.StopWaiting();
        return next;
    }

    private bool TryRemove(LinkedListNode<T> place)
    {
        lock (gate)
        {
            bool isWaiting = place.List is not null;
            if (isWaiting)
            {
                waiting.Remove(place);
            }

            return isWaiting;
        }
    }

    /// <summary>Who waits for a place.</summary>
    internal abstract class Waiter
    {
        private ITimer? timer;
        private CancellationTokenRegistration registration;

        /// <summary>It has waited too long, and waits no more.</summary>
        protected abstract void GiveUp();

        /// <summary>It was to stop, and waits no more.</summary>
        protected abstract void Cancel(CancellationToken stopping);

        internal void Wait(PlaceQueue<T> queue, LinkedListNode<T> place, TimeSpan longest, CancellationToken stopping)
        {
            timer = queue.Time.CreateTimer(
                _ =>
                {
                    if (queue.TryRemove(place))
                    {
                        registration.Unregister();
                        GiveUp();
                    }
                },
                state: null,
                longest,
                Timeout.InfiniteTimeSpan
            );
            registration = stopping.UnsafeRegister(
                _ =>
                {
                    if (queue.TryRemove(place))
                    {
                        timer?.Dispose();
                        Cancel(stopping);
                    }
                },
                state: null
            );
        }

        internal void StopWaiting()
        {
            timer?.Dispose();
            registration.Unregister();
        }
    }

    private TimeProvider Time => time;
}
