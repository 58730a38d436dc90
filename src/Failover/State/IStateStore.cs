namespace Failover;

/// <summary>Where what outlives the process is kept: judged states, latches, armed oneshots, the history of moves and of
/// POSTs.</summary>
/// <remarks>One store belongs to one process at a time. <see cref="Load"/> is called once, before the first write.</remarks>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Opens the store and reads what was kept last. Where it tells of a loss, it does so at each start until a write
    /// is stored: the first one has to carry all latches that begin at fail for it.</summary>
    /// <exception cref="StateStoreException">It is in use by another process, of a newer version, or cannot be opened. It is then
    /// untouched.</exception>
    StoredState Load();

    /// <summary>Has a write stored: all of it or nothing, after those that were handed over before it, or as one with them.
    /// Returns at once.</summary>
    /// <returns>Ends when the write will survive a kill and a loss of power; tasks end in the order of the writes. It fails
    /// with a <see cref="StateStoreException"/> only where <see cref="StateWrite.MayFail"/> is set; any other write is tried
    /// again until it succeeds, or until the store is closed.</returns>
    Task WriteAsync(StateWrite write);

    /// <summary>Why the newest attempt to store something failed, in one line; null when all is well.</summary>
    string? Problem { get; }

    /// <summary>Whether anything is kept beyond the life of the process: false for <see cref="MemoryStateStore"/>.</summary>
    bool IsLasting { get; }
}
