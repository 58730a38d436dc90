using System.Collections.Concurrent;

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

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly TimeProvider time;
    private readonly StateHistory history;
    private readonly StateQueue queue;
    private readonly ConcurrentQueue<HistoryRead> reads = [];
    private readonly StateNotices notices = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private volatile bool isLoaded;
    private volatile bool isClosing;

    private Action<string> warn;
    private StateWriter? writer;
    private ITimer? check;
    private ITimer? prune;
    private HistoryRead? reading;
    private volatile bool isPruneDue = true;
    private volatile bool isCheckpointDue;

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
        history = new(historyMaxAge, historyMaxSize);
        queue = new($"state file {this.path}");
    }

    /// <summary>How long transitions and POSTs are kept unless it is said: 90 days.</summary>
    public static TimeSpan DefaultHistoryMaxAge { get; } = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public string? Problem => writer?.Problem;

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
            if (isLoaded || isClosing)
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
        writer = new(file, place, state.Loss is not null, warn) { Storing = Storing, Checkpointing = Checkpointing };
        queue.Open();
        check = time.CreateTimer(_ => CheckSoon(), null, CheckEvery, CheckEvery);
        prune = time.CreateTimer(_ => PruneSoon(), null, PruneEvery, PruneEvery);
        new Thread(Run) { Name = "state", IsBackground = true }.Start();
        wake.Set();
        return state;
    }

    /// <inheritdoc/>
    public Task<long> PersistAsync(StateWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Task<long> stored = queue.AddAsync(write);
        wake.Set();
        return stored;
    }

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(StateProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        Task<CommitResult> outcome = queue.AddAsync(proposal);
        wake.Set();
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
            isClosing = true;
            if (!isLoaded)
            {
                notices.Close();
                return;
            }
        }

        wake.Set();
        try
        {
            await ended.Task.WaitAsync(LongestClosing, time);
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
        reads.Enqueue(read);
        if (!isLoaded || ended.Task.IsCompleted)
        {
            EndReads();
        }

        wake.Set();
        return read.Rows;
    }

    private void CheckSoon()
    {
        isCheckpointDue = true;
        wake.Set();
    }

    private void PruneSoon()
    {
        isPruneDue = true;
        wake.Set();
    }

    private void Run()
    {
        bool isLast = false;
        while (!isLast)
        {
            wake.WaitOne();
            isLast = isClosing;
            if (!TryStoreAll())
            {
                queue.Refuse(Problem!);
                EndReads();
            }
            else if (Problem is not null)
            {
                EndReads();
            }
            else if (!isLast)
            {
                if (isCheckpointDue)
                {
                    isCheckpointDue = false;
                    writer!.Checkpoint();
                }

                // A step at a time: pending writes comes first.
                bool isMore = ReadStep() | PruneStep();
                if (isMore)
                {
                    wake.Set();
                }
            }
        }

        Close();
    }

    private bool TryStoreAll()
    {
        if (!writer!.IsReady(queue.IsEmpty))
        {
            return false;
        }

        if (writer.IsAwaitingWhole)
        {
            queue.Refuse(Problem!);
        }

        while (queue.Take(writer.IsAwaitingWhole) is { } first)
        {
            if (first is PendingProposal proposal)
            {
                if (!writer.TryCommit(proposal))
                {
                    return false;
                }
            }
            else if (first is PendingWrite write && !writer.TryStore(write))
            {
                queue.PutBack(write);
                return false;
            }
        }

        return true;
    }

    private bool ReadStep()
    {
        if (reading is null && !reads.TryDequeue(out reading))
        {
            return false;
        }

        if (!writer!.Read(reading))
        {
            reading = null;
        }

        return reading is not null || !reads.IsEmpty;
    }

    private bool PruneStep()
    {
        if (isPruneDue || writer!.IsPruneDue)
        {
            isPruneDue = writer!.Prune(history, time.GetUtcNow());
        }

        return isPruneDue;
    }

    private void EndReads()
    {
        StateStoreException fault = new(Problem ?? $"state file {path} is not open");
        reading?.Fail(fault);
        reading = null;
        while (reads.TryDequeue(out HistoryRead? read))
        {
            read.Fail(fault);
        }
    }

    private void Close()
    {
        check!.Dispose();
        prune!.Dispose();
        queue.Fail(Problem is { } problem ? $"state file {path} is closed: {problem}" : $"state file {path} is closed");
        writer!.Close();
        ended.SetResult();
        EndReads();
    }
}
