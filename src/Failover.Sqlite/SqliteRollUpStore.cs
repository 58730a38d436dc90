namespace Failover;

/// <summary>Keeps roll-ups in an SQLite file of their own, so that what is written to it never delays what is written to the state file, or in
/// memory.</summary>
/// <remarks>One thread does all reading and writing. A disk that hangs or is full has no effect on others: minutes wait in memory, up to a bound.</remarks>
internal sealed class SqliteRollUpStore : IRollUpStore
{
    /// <summary>How many bytes of the file may be in use, unless it is said: 256 MiB.</summary>
    public const long DefaultMaxSize = 256L << 20;

    /// <summary>The same in memory: 16 MiB.</summary>
    public const long DefaultMaxSizeInMemory = 16L << 20;

    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(2);

    private readonly TimeProvider time;
    private readonly RollUpThread thread;

    /// <summary>Describes it; opens nothing.</summary>
    /// <param name="path">The file; null: in memory.</param>
    /// <param name="maxAge">How long hours are kept; minutes, for two days at most.</param>
    /// <param name="maxSize">How many bytes may be in use, about.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Takes lines for the log.</param>
    public SqliteRollUpStore(string? path, TimeSpan maxAge, long maxSize, TimeProvider time, Action<string> warn)
    {
        File = path is null ? null : Path.GetFullPath(path);
        this.time = time;
        thread = new(new(File, time, warn), new(maxAge, maxSize), time, warn);
    }

    /// <summary>How long hours are kept, unless it is said: 90 days.</summary>
    public static TimeSpan DefaultMaxAge { get; } = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public string? File { get; }

    /// <inheritdoc/>
    public string? Problem => thread.Problem;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    internal Action? Storing
    {
        init => thread.Storing = value;
    }

    /// <summary>How many rows wait in memory; for tests.</summary>
    internal int MostRowsWaiting
    {
        init => thread.MostRowsWaiting = value;
    }

    /// <summary>Completes when all minutes that were added are stored, or have failed to be.</summary>
    internal Task WhenIdleAsync() => thread.WhenIdleAsync();

    /// <inheritdoc/>
    public void Open() => thread.Start(LongestOpening);

    /// <inheritdoc/>
    public void Add(RollUpBatch batch) => thread.Add(batch);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LatencyRollUp>?> ReadAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        thread.ReadAsync(query).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        thread.Stop();
        await thread.Ended.WaitAsync(LongestClosing, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
