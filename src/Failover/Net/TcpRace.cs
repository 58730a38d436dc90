namespace Failover;

/// <summary>Connects to the addresses of one target until the first that accepts.</summary>
internal static class TcpRace
{
    /// <summary>Tries the paths as <see cref="AddressRace"/> does.</summary>
    /// <param name="paths">One or more.</param>
    /// <param name="close">How a connection will be given up.</param>
    /// <param name="time">For the delay between two of them.</param>
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
        IReadOnlyList<TcpAttempt> ended = await AddressRace.RunAsync(
            paths,
            (path, race) => TcpAttempt.RunAsync(path, close, race),
            static attempt => attempt.Ending == TcpEnding.Connected,
            static attempt => attempt.Socket?.Dispose(),
            time,
            deadline
        );
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
}
