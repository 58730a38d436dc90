namespace Failover;

/// <summary>Keeps state in an SQLite file. What is acknowledged survives a kill at any instruction and a loss of power.</summary>
/// <remarks>One thread does all writing: everything that waits goes into one transaction, and a disk that hangs hangs nobody
/// else. What cannot be stored is tried again every second and with each further write, for as long as the store is open.
/// A write that has failed may turn up stored all the same if the process dies while its disk fails.</remarks>
/// <param name="path">The file. Its folder is made where there is none.</param>
/// <param name="historyMaxAge">How long moves and POSTs are remembered.</param>
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
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(2);

    private readonly string path = Path.GetFullPath(path);
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<PendingWrite> queue = [];
    private bool isOpen;
    private bool isClosing;

    private StateWriter? writer;
    private ITimer? retry;
    private ITimer? prune;
    private volatile bool isPruneDue = true;

    /// <inheritdoc/>
    public string? Problem => writer?.Problem;

    /// <inheritdoc/>
    public bool IsLasting => true;

    /// <summary>What the tables are to be; for tests of migration.</summary>
    internal SqliteSchema Schema { get; init; } = SqliteSchema.Current;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    internal Action? Storing { get; init; }

    /// <inheritdoc/>
    public StoredState Load()
    {
        lock (gate)
        {
            if (isOpen || isClosing)
            {
                throw new InvalidOperationException("a state store is loaded once");
            }

            isOpen = true;
        }

        OpenState state;
        try
        {
            state = StateFile.Open(path, Schema, time);
        }
        catch
        {
            lock (gate)
            {
                isOpen = false;
            }

            throw;
        }

        writer = new(path, state, new(state.File, historyMaxAge, historyMaxSize), warn) { Storing = Storing };
        retry = time.CreateTimer(_ => wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        prune = time.CreateTimer(_ => PruneSoon(), null, PruneEvery, PruneEvery);
        new Thread(Run) { Name = "state", IsBackground = true }.Start();
        wake.Set();
        return state.State;
    }

    /// <inheritdoc/>
    public Task WriteAsync(StateWrite write)
    {
        Task stored;
        lock (gate)
        {
            if (!isOpen || isClosing)
            {
                return Task.FromException(
                    new StateStoreException($"state file {path} is {(isClosing ? "closed" : "not loaded")}")
                );
            }

            // Writes that have to last are one until the thread takes them: the newest of each row is all that counts.
            if (write.MayFail || queue is not [.., { MayFail: false }])
            {
                queue.Add(new(write.MayFail));
            }

            queue[^1].Changes.Add(write);
            stored = queue[^1].Stored;
        }

        wake.Set();
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isClosing = true;
            if (!isOpen)
            {
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
            warn($"state file {path}: the disk does not answer; what was not acknowledged may be lost");
        }
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
            List<PendingWrite> group;
            lock (gate)
            {
                (group, queue) = (queue, []);
                isLast = isClosing;
            }

            if ((group.Count > 0 || Problem is not null) && writer!.Store(group) is { } kept)
            {
                PutBack(kept);
            }

            if (!isLast && Problem is null && (isPruneDue || writer!.IsPruneDue))
            {
                // One round at a time: what waits meanwhile comes first.
                isPruneDue = writer!.Prune(time.GetUtcNow());
                if (isPruneDue)
                {
                    wake.Set();
                }
            }

            if (Problem is not null)
            {
                retry!.Change(RetryAfter, Timeout.InfiniteTimeSpan);
            }
        }

        Close();
    }

    private void PutBack(PendingWrite kept)
    {
        lock (gate)
        {
            if (queue is [{ MayFail: false } next, ..])
            {
                kept.Take(next);
                queue[0] = kept;
            }
            else
            {
                queue.Insert(0, kept);
            }
        }
    }

    private void Close()
    {
        retry!.Dispose();
        prune!.Dispose();
        List<PendingWrite> unstored;
        lock (gate)
        {
            (unstored, queue) = (queue, []);
        }

        unstored.ForEach(write => write.Fail(new($"state file {path} is closed: {Problem}")));
        writer!.Close();
        ended.SetResult();
    }
}
