namespace Failover;

/// <summary>Keeps state in an SQLite file. What is acknowledged survives a kill at any instruction and a loss of power.</summary>
/// <remarks>
/// <para>The file belongs to one process at a time; a second one is refused. Other processes read it while it is in use, as it was a second
/// ago: <c>sqlite3 'file:state.db?immutable=1' 'SELECT key, state FROM latch'</c>.</para>
/// <para>One thread does all reading and writing: a disk that hangs blocks no other thread. What cannot be stored is tried again every
/// second and with each further write, for as long as the store is open. The file is checked every second.</para>
/// </remarks>
/// <example><code>
/// var server = new HealthCheckServer(port: 8080, state: new SqliteStateStore("state.db"));
/// </code></example>
public sealed class SqliteStateStore : IStateStore
{
    /// <summary>How many bytes of the file the history may take, unless it is said: 64 MiB.</summary>
    public const long DefaultHistoryMaxSize = 64L << 20;

    private const long LeastHistorySize = 1L << 20;
    private const long MostHistorySize = 1L << 40;

    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly TimeProvider time;
    private readonly StateQueue queue;
    private readonly StateThread thread;
    private readonly StateNotices notices = new();
    private readonly Lock gate = new();
    private volatile bool isLoaded;
    private Action<string> warn;

    /// <summary>Describes the store; opens nothing before <see cref="Load"/>.</summary>
    /// <param name="path">The file; a relative path is one below the current folder. It is made where there is none, and so is its
    /// folder, for this user alone.</param>
    /// <param name="historyMaxAge">How long transitions and POSTs are kept, the newest 10,000 of each for longer; more than zero. Left
    /// out, <see cref="DefaultHistoryMaxAge"/>.</param>
    /// <param name="historyMaxSize">How many bytes of the file they may take, about: 1 MiB to 1 TiB.</param>
    /// <exception cref="ArgumentException">No path of a file, or a bound out of range.</exception>
    public SqliteStateStore(string path, TimeSpan? historyMaxAge = null, long historyMaxSize = DefaultHistoryMaxSize)
        : this(
            CheckedPath(path),
            Checked(historyMaxAge ?? DefaultHistoryMaxAge),
            Checked(historyMaxSize),
            BootTime.Instance,
            _ => { }
        ) { }

    /// <summary>With a clock and a log of one's own.</summary>
    internal SqliteStateStore(
        string path,
        TimeSpan historyMaxAge,
        long historyMaxSize,
        TimeProvider time,
        Action<string> warn
    )
    {
        this.path = Path.GetFullPath(path);
        this.time = time;
        this.warn = warn;
        queue = new($"state file {this.path}");
        thread = new(this.path, queue, new(historyMaxAge, historyMaxSize), time);
    }

    /// <summary>How long transitions and POSTs are kept unless it is said: 90 days.</summary>
    public static TimeSpan DefaultHistoryMaxAge { get; } = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public string? Problem => thread.Problem;

    /// <summary>What the tables are to be; for tests of migration.</summary>
    internal SqliteSchema Schema { get; init; } = SqliteSchema.Current;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    internal Action? Storing { get; init; }

    /// <summary>Called before each checkpoint while the store is open; for tests, as above.</summary>
    internal Action? Checkpointing { get; init; }

    /// <inheritdoc/>
    public void WarnTo(Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        this.warn = warn;
    }

    /// <inheritdoc/>
    public StoredState Load()
    {
        lock (gate)
        {
            if (isLoaded || thread.IsStopping)
            {
                throw new InvalidOperationException("a state store is loaded once");
            }

            isLoaded = true;
        }

        // Not under the lock: a disk that hangs does not hold up who closes.
        StateFile file = new(path, Schema, time);
        OpenState open;
        StoredState state;
        try
        {
            open = file.Open(out state);
        }
        catch
        {
            lock (gate)
            {
                isLoaded = false;
            }

            throw;
        }

        StatePlace place = new(file, open, time, warn, notices);
        thread.Start(
            new(file, place, state.Loss is not null, warn) { Storing = Storing, Checkpointing = Checkpointing }
        );
        return state;
    }

    /// <inheritdoc/>
    public Task<long> PersistAsync(StateWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Task<long> stored = queue.AddAsync(write);
        thread.Wake();
        return stored;
    }

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(StateProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        Task<CommitResult> outcome = queue.AddAsync(proposal);
        thread.Wake();
        return outcome;
    }

    /// <inheritdoc/>
    public void Withdraw(string operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        queue.Refuse("it was withdrawn", operation);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreNotice> WatchAsync(CancellationToken cancellationToken) =>
        notices.WatchAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(
        HistoryQuery query,
        CancellationToken cancellationToken
    ) => ReadAsync(HistoryRead.OfTransitions(query, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredPost>> ReadPostsAsync(HistoryQuery query, CancellationToken cancellationToken) =>
        ReadAsync(HistoryRead.OfPosts(query, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            // In this order: the last round of the thread takes all that was taken in.
            queue.Close();
            thread.Stop();
            if (!isLoaded)
            {
                notices.Close();
                return;
            }
        }

        try
        {
            await thread.Ended.WaitAsync(LongestClosing, time);
        }
        catch (TimeoutException)
        {
            string why = $"state file {path}: the disk does not answer; what was not acknowledged may be lost";
            queue.Refuse(why);
            queue.Abandon(why);
            warn(why);
        }

        notices.Close();
    }

    // SQLite would take some texts for something else than a file.
    private static string CheckedPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return
            path.Length == 0
            || path == ":memory:"
            || path.StartsWith("file:", StringComparison.Ordinal)
            || path.Contains('\0')
            ? throw new ArgumentException(
                $"path is {Printable.Quoted(path)}; accepted: the path of a file, as \"state.db\"; without a store, state is in memory",
                nameof(path)
            )
            : path;
    }

    private static TimeSpan Checked(TimeSpan historyMaxAge) =>
        historyMaxAge > TimeSpan.Zero
            ? historyMaxAge
            : throw new ArgumentOutOfRangeException(
                nameof(historyMaxAge),
                historyMaxAge,
                $"historyMaxAge is {historyMaxAge}; accepted: more than zero"
            );

    private static long Checked(long historyMaxSize) =>
        historyMaxSize is >= LeastHistorySize and <= MostHistorySize
            ? historyMaxSize
            : throw new ArgumentOutOfRangeException(
                nameof(historyMaxSize),
                historyMaxSize,
                $"historyMaxSize is {StateText.Of(historyMaxSize)}; accepted: bytes, {StateText.Of(LeastHistorySize)} to {StateText.Of(MostHistorySize)}"
            );

    private Task<IReadOnlyList<TRow>> ReadAsync<TRow>(HistoryRead<TRow> read)
    {
        thread.Add(read);
        if (!isLoaded)
        {
            thread.EndReads();
        }

        return read.Rows;
    }
}
