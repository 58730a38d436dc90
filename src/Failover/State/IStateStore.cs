namespace Failover.Abstractions;

/// <summary>Where latches, judged states, armed oneshots, the history of transitions and the audit of POSTs are kept.</summary>
/// <remarks>
/// <para>One store belongs to one process at a time. <see cref="Load"/> is called once, before the first write.</para>
/// <para>There are two kinds of writes. A <see cref="StateWrite"/> says what is in force already: it is retried until it is
/// stored and nothing waits for it, except a move to fail of an authorised latch, for 250 ms. A <see cref="StateProposal"/> is not in
/// force before it is committed: it ends authorised latches, by compare-and-set, or arms a oneshot.</para>
/// </remarks>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Whether anything survives the process: false for <see cref="MemoryStateStore"/>.</summary>
    bool IsDurable { get; }

    /// <summary>Why the newest attempt to store something failed, in one line; null when all is well.</summary>
    string? Problem { get; }

    /// <summary>Says where lines for people go, as that storing has begun to fail and that it works again. Called before
    /// <see cref="Load"/>; a store that has nothing to say leaves it out.</summary>
    /// <param name="warn">Takes a line, and returns at once.</param>
    void WarnTo(Action<string> warn) { }

    /// <summary>Opens the store and reads what was kept last. After a loss, each start reports it until a write is stored: the
    /// first one carries all latches that begin at fail because of it.</summary>
    /// <exception cref="StateStoreException">It is in use by another process, of a newer version, or cannot be opened. It is then
    /// untouched.</exception>
    StoredState Load();

    /// <summary>Stores a write: all of it or nothing, in the order of the calls, or as one with neighbouring writes. Returns at
    /// once.</summary>
    /// <returns>The revision of the write, over 0 and growing, once it survives a kill and a loss of power. It is retried until it
    /// succeeds or the store is closed; only then it fails, with a <see cref="StateStoreException"/>.</returns>
    Task<long> PersistAsync(StateWrite write);

    /// <summary>Commits a proposal, after the writes and proposals of the calls before it. Returns at once.</summary>
    /// <returns>What became of it; never an exception. A proposal that names a revision other than the stored one is refused.</returns>
    Task<CommitResult> CommitAsync(StateProposal proposal);

    /// <summary>Takes a proposal back whose commit has not begun: it is refused then. Otherwise it does nothing.</summary>
    /// <param name="operation">The proposal's <see cref="StateProposal.Operation"/>.</param>
    void Withdraw(string operation);

    /// <summary>Reports, until it is cancelled, when the store loses what it holds and when it can hold it again, and what other
    /// processes change in it where that is possible.</summary>
    IAsyncEnumerable<StoreNotice> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Reads the history of transitions, the newest first.</summary>
    Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(HistoryQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the audit of POSTs, the newest first.</summary>
    Task<IReadOnlyList<StoredPost>> ReadPostsAsync(HistoryQuery query, CancellationToken cancellationToken);
}
