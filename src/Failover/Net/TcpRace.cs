namespace Failover;

/// <summary>Tries the addresses of one target until the first that accepts.</summary>
internal static class TcpRace
{
    /// <summary>From the start of one attempt to the start of the next (RFC 8305, 5: "Connection Attempt Delay").</summary>
    public static TimeSpan Stagger { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries the paths in their order: the next one when one has failed, or 250 ms after the last one began.
    /// All attempts have ended when this does.</summary>
    /// <param name="paths">One or more.</param>
    /// <param name="close">How a connection is given up.</param>
    /// <param name="time">For the delay.</param>
    /// <param name="deadline">Ends all attempts; cancelled by this as soon as one is enough.</param>
    /// <returns>The attempts that were made, in the order of the paths: one at least, however late it is.</returns>
    public static async ValueTask<IReadOnlyList<TcpAttempt>> RunAsync(
        IReadOnlyList<TcpPath> paths,
        TcpClose close,
        TimeProvider time,
        CancellationTokenSource deadline
    )
    {
        if (paths.Count == 1)
        {
            return [await TcpAttempt.RunAsync(paths[0], close, deadline.Token)];
        }

        List<Task<TcpAttempt>> started = [];
        List<Task> awaited = [];
        bool isDecided;
        do
        {
            if (started.Count < paths.Count)
            {
                Task<TcpAttempt> attempt = TcpAttempt.RunAsync(paths[started.Count], close, deadline.Token);
                started.Add(attempt);
                awaited.Add(attempt);
            }

            Task<TcpAttempt>? ended = await NextEndAsync(awaited, started.Count < paths.Count, time, deadline.Token);
            bool isEnough = ended is not null && (await ended).Ending == TcpEnding.Connected;
            awaited.Remove(ended!);
            isDecided = isEnough || (awaited.Count == 0 && started.Count == paths.Count);
        } while (!isDecided && !deadline.IsCancellationRequested);

        await deadline.CancelAsync();
        return await Task.WhenAll(started);
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
