namespace Failover;

/// <summary>Tries the addresses of one target until the first that accepts.</summary>
internal static class TcpRace
{
    /// <summary>From the start of one attempt to the start of the next (RFC 8305, 5: "Connection Attempt Delay").</summary>
    public static TimeSpan Stagger { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries the paths in their order: the next one when one has failed, or 250 ms after the last one began.
    /// All attempts have ended when this does.</summary>
    /// <param name="paths">One or more.</param>
    /// <param name="close">How a connection will be given up.</param>
    /// <param name="time">For the delay.</param>
    /// <param name="deadline">Ends all attempts.</param>
    /// <returns>The attempts that were made, in the order of the paths: one at least, however late it is. Of those that connected, the
    /// first alone has its connection: the others are closed.</returns>
    public static async ValueTask<IReadOnlyList<TcpAttempt>> RunAsync(
        IReadOnlyList<TcpPath> paths,
        TcpClose close,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        if (paths.Count == 1)
        {
            return [await TcpAttempt.RunAsync(paths[0], close, deadline)];
        }

        // Ended as soon as one is enough; the deadline continues, for what the connection is wanted for.
        using CancellationTokenSource race = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        List<Task<TcpAttempt>> started = [];
        TcpAttempt[] ended;
        try
        {
            await StartUntilDecidedAsync(started, paths, close, time, race.Token);
            await race.CancelAsync();
            ended = await Task.WhenAll(started);
        }
        catch
        {
            // Not for a target's sake: what is open is closed nevertheless.
            await race.CancelAsync();
            await CloseAllAsync(started);
            throw;
        }

        CloseAllButOne(ended);
        return ended;
    }

    /// <summary>Closes the connections but the first: two targets may accept before the second attempt can be called off.</summary>
    internal static void CloseAllButOne(IEnumerable<TcpAttempt> ended)
    {
        bool hasOne = false;
        foreach (TcpAttempt attempt in ended)
        {
            if (hasOne)
            {
                attempt.Socket?.Dispose();
            }

            hasOne |= attempt.Socket is not null;
        }
    }

    private static async ValueTask StartUntilDecidedAsync(
        List<Task<TcpAttempt>> started,
        IReadOnlyList<TcpPath> paths,
        TcpClose close,
        TimeProvider time,
        CancellationToken race
    )
    {
        List<Task> awaited = [];
        bool isDecided;
        do
        {
            if (started.Count < paths.Count)
            {
                Task<TcpAttempt> attempt = TcpAttempt.RunAsync(paths[started.Count], close, race);
                started.Add(attempt);
                awaited.Add(attempt);
            }

            Task<TcpAttempt>? ended = await NextEndAsync(awaited, started.Count < paths.Count, time, race);
            bool isEnough = ended is not null && (await ended).Ending == TcpEnding.Connected;
            awaited.Remove(ended!);
            isDecided = isEnough || (awaited.Count == 0 && started.Count == paths.Count);
        } while (!isDecided && !race.IsCancellationRequested);
    }

    private static async Task CloseAllAsync(List<Task<TcpAttempt>> started)
    {
        foreach (Task<TcpAttempt> attempt in started)
        {
            await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt.IsCompletedSuccessfully)
            {
                (await attempt).Socket?.Dispose();
            }
        }
    }

    /// <summary>Waits for an attempt to end; null where it is time for another one first.</summary>
    private static async ValueTask<Task<TcpAttempt>?> NextEndAsync(
        List<Task> attempts,
        bool hasMore,
        TimeProvider time,
        CancellationToken deadline
    )
    {
        if (!hasMore)
        {
            return await Task.WhenAny(attempts) as Task<TcpAttempt>;
        }

        return await Task.WhenAny([.. attempts, Task.Delay(Stagger, time, deadline)]) as Task<TcpAttempt>;
    }
}
