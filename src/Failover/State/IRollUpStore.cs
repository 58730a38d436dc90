namespace Failover;

/// <summary>Keeps roll-ups. Nothing that is served depends on it: where it cannot store, it says so, and what is lost is a part of the
/// history.</summary>
internal interface IRollUpStore : IAsyncDisposable
{
    /// <summary>The file; null where they are in memory.</summary>
    string? File { get; }

    /// <summary>Why they are not stored at present, in one line; null where all is well.</summary>
    string? Problem { get; }

    /// <summary>Opens it. A file that cannot be opened is tried again later.</summary>
    /// <exception cref="StateStoreException">Another process has it open.</exception>
    void Open();

    /// <summary>Takes a minute. Returns at once.</summary>
    void Add(RollUpBatch batch);

    /// <summary>Reads roll-ups, the newest first.</summary>
    /// <returns>Null where nothing is known of the component.</returns>
    /// <exception cref="StateStoreException">They cannot be read.</exception>
    Task<IReadOnlyList<LatencyRollUp>?> ReadAsync(RollUpQuery query, CancellationToken cancellationToken);
}
