namespace Failover;

/// <summary>Tries the addresses of one target until one of them is enough.</summary>
internal static class AddressRace
{
    /// <summary>From the start of one attempt to the start of the next (RFC 8305, 5: "Connection Attempt Delay").</summary>
    public static TimeSpan Stagger { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries the addresses in their order: the next one when one has failed, or 250 ms after the last one began.
    /// All attempts have ended when this does.</summary>
    /// <param name="addresses">One or more.</param>
    /// <param name="attempt">Tries one, until the token ends it.</param>
    /// <param name="isEnough">Whether what came of one makes the others needless.</param>
    /// <param name="release">Takes back what came of one where there is nobody to take it.</param>
    /// <param name="time">For the delay.</param>
    /// <param name="deadline">Ends all attempts.</param>
    /// <returns>What came of the attempts that were made, in the order of the addresses: one at least, however late it is.</returns>
    public static async ValueTask<IReadOnlyList<T>> RunAsync<TAddress, T>(
        IReadOnlyList<TAddress> addresses,
        Func<TAddress, CancellationToken, Task<T>> attempt,
        Func<T, bool> isEnough,
        Action<T> release,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        if (addresses.Count == 1)
        {
            return [await attempt(addresses[0], deadline)];
        }

        // Ended as soon as one is enough; the deadline continues, for what the outcome is wanted for.
        using CancellationTokenSource race = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        List<Task<T>> started = [];
        try
        {
            await StartUntilDecidedAsync(started, addresses, attempt, isEnough, time, race.Token);
            await race.CancelAsync();
            return await Task.WhenAll(started);
        }
        catch
        {
            // Not for a target's sake: what is open is closed nevertheless.
            await race.CancelAsync();
            await ReleaseAllAsync(started, release);
            throw;
        }
    }

    private static async ValueTask StartUntilDecidedAsync<TAddress, T>(
        List<Task<T>> started,
        IReadOnlyList<TAddress> addresses,
        Func<TAddress, CancellationToken, Task<T>> attempt,
        Func<T, bool> isEnough,
        TimeProvider time,
        CancellationToken race
    )
    {
        List<Task> awaited = [];
        bool isDecided;
        do
        {
            if (started.Count < addresses.Count)
            {
                Task<T> next = attempt(addresses[started.Count], race);
                started.Add(next);
                awaited.Add(next);
            }

            Task<T>? ended = await NextEndAsync<T>(awaited, started.Count < addresses.Count, time, race);
            bool isLast = ended is not null && isEnough(await ended);
            awaited.Remove(ended!);
            isDecided = isLast || (awaited.Count == 0 && started.Count == addresses.Count);
        } while (!isDecided && !race.IsCancellationRequested);
    }

    private static async Task ReleaseAllAsync<T>(List<Task<T>> started, Action<T> release)
    {
        foreach (Task<T> attempt in started)
        {
            await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt.IsCompletedSuccessfully)
            {
                release(await attempt);
            }
        }
    }

    /// <summary>Waits for an attempt to end; null where it is time for another one first.</summary>
    private static async ValueTask<Task<T>?> NextEndAsync<T>(
        List<Task> attempts,
        bool hasMore,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        if (!hasMore)
        {
            return await Task.WhenAny(attempts) as Task<T>;
        }

        return await Task.WhenAny([.. attempts, Task.Delay(Stagger, time, deadline)]) as Task<T>;
    }
}
