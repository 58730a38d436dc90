using System.Collections.Concurrent;

namespace Failover;

/// <summary>Keeps state in an SQLite file. What is acknowledged survives a kill at any instruction and a loss of power.</summary>
/// <remarks>One thread does all reading and writing: a disk that hangs hangs nobody else. What cannot be stored is tried again every
/// second and with each further write, for as long as the store is open. The file is checked every second.</remarks>
/// <param name="path">The file. Its folder is made where there is none.</param>
/// <param name="historyMaxAge">How long transitions and POSTs are remembered, the newest 10,000 of each for longer.</param>
/// <param name="historyMaxSize">How many bytes they may take, about.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes lines for the log: that storing has begun to fail, that it works again.</param>
internal sealed class SqliteStateStore(
    string path,
    TimeSpan historyMaxAge,
    long historyMaxSize,
    TimeProvider time,
    Action<string> warn
) : IStateStore
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(2);

    private readonly string path = Path.GetFullPath(path);
    private readonly StateHistory history = new(historyMaxAge, historyMaxSize);
    private readonly StateQueue queue = new($"state file {Path.GetFullPath(path)}");
    private readonly ConcurrentQueue<HistoryRead> reads = [];
    private readonly StateNotices notices = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private volatile bool isLoaded;
    private volatile bool isClosing;

    private StateWriter? writer;
    private ITimer? look;
    private ITimer? prune;
    private HistoryRead? reading;
    private volatile bool isPruneDue = true;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public string? Problem => writer?.Problem;

    /// <summary>What the tables are to be; for tests of migration.</summary>
    internal SqliteSchema Schema { get; init; } = SqliteSchema.Current;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    internal Action? Storing { get; init; }

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
        writer = new(file, place, state.Loss is not null, warn) { Storing = Storing };
        queue.Open();
        look = time.CreateTimer(_ => wake.Set(), null, LookEvery, LookEvery);
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
                // A step at a time: what waits to be stored meanwhile comes first.
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
        look!.Dispose();
        prune!.Dispose();
        queue.Fail(Problem is { } problem ? $"state file {path} is closed: {problem}" : $"state file {path} is closed");
        writer!.Close();
        ended.SetResult();
        EndReads();
    }
}
