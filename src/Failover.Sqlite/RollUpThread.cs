using System.Collections.Concurrent;
using System.Globalization;

namespace Failover;

/// <summary>The one thread that reads and writes the file of the roll-ups.</summary>
/// <param name="file">The file.</param>
/// <param name="retention">For how long they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes lines for the log.</param>
#pragma warning disable CA1001 // Callers may still set the event when the thread has ended: its finalizer closes it.
internal sealed class RollUpThread(RollUpFile file, RollUpRetention retention, TimeProvider time, Action<string> warn)
#pragma warning restore CA1001
{
    // A transaction of so many takes some milliseconds: then reads come first.
    private const int RowsAtOnce = 2000;

    private static readonly TimeSpan WarnEvery = TimeSpan.FromHours(1);

    private readonly ConcurrentQueue<(
        RollUpQuery Query,
        TaskCompletionSource<IReadOnlyList<LatencyRollUp>?> Rows
    )> reads = [];
    private readonly ConcurrentQueue<RollUpBatch> added = [];
    private readonly ConcurrentQueue<TaskCompletionSource> idle = [];
    private readonly LinkedList<RollUpBatch> waiting = [];
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly ManualResetEvent isOpened = new(initialState: false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StateStoreException? inUse;
    private volatile string? problem;
    private volatile bool isStopping;
    private int isStarted;

    // Of the first batch that waits.
    private int stored;
    private long lost;
    private long? warned;
    private bool isPruning;
    private long? rolledUp;

    /// <summary>Why roll-ups are not stored at present, in one line; null where all is well.</summary>
    public string? Problem => problem;

    /// <summary>When the file is closed.</summary>
    public Task Ended => ended.Task;

    /// <summary>How many rows wait in memory: some 20 MB of them, unless it is a test.</summary>
    public int MostRowsWaiting { get; set; } = 200_000;

    /// <summary>Called before each transaction; for tests.</summary>
    public Action? Storing { get; set; }

    /// <summary>Starts it, and waits for the file for a while.</summary>
    /// <exception cref="StateStoreException">Another process has it open.</exception>
    public void Start(TimeSpan longest)
    {
        Volatile.Write(ref isStarted, 1);
        new Thread(Run) { Name = "history", IsBackground = true }.Start();
        // Not for longer: nothing depends on it.
        if (isOpened.WaitOne(longest) && inUse is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Takes a minute.</summary>
    public void Add(RollUpBatch batch)
    {
        added.Enqueue(batch);
        wake.Set();
    }

    /// <summary>Reads.</summary>
    public Task<IReadOnlyList<LatencyRollUp>?> ReadAsync(RollUpQuery query)
    {
        TaskCompletionSource<IReadOnlyList<LatencyRollUp>?> rows = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        reads.Enqueue((query, rows));
        if (ended.Task.IsCompleted)
        {
            FailReads("it is closed");
        }

        wake.Set();
        return rows.Task;
    }

    /// <summary>Completes when nothing is to be stored.</summary>
    public Task WhenIdleAsync()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        idle.Enqueue(reached);
        wake.Set();
        return reached.Task;
    }

    /// <summary>Stores what it has, and closes the file.</summary>
    public void Stop()
    {
        isStopping = true;
        wake.Set();
        if (Volatile.Read(ref isStarted) == 0)
        {
            ended.TrySetResult();
        }
    }

    private void Run()
    {
        if (!TryOpenAtStart())
        {
            ended.SetResult();
            return;
        }

        bool isLast = false;
        while (!isLast)
        {
            wake.WaitOne();
            isLast = isStopping;
            // Whoever asks later has added what may come later.
            int asked = idle.Count;
            Take();
            bool mayBeMore = true;
            while (mayBeMore)
            {
                Read();
                mayBeMore = Step(isLast);
            }

            for (; asked > 0 && idle.TryDequeue(out TaskCompletionSource? reached); asked--)
            {
                reached.SetResult();
            }
        }

        file.Close();
        ended.SetResult();
        FailReads("it is closed");
    }

    private bool TryOpenAtStart()
    {
        try
        {
            file.Open();
        }
        catch (SqliteFault fault) when (fault.IsInUse)
        {
            inUse = new($"{file.Name} cannot be used: {fault.Message}", fault);
        }
        // Whatever it is: history is no reason not to serve.
#pragma warning disable CA1031
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Failed(fault);
        }

        isOpened.Set();
        return inUse is null;
    }

    private void Take()
    {
        while (added.TryDequeue(out RollUpBatch? batch))
        {
            waiting.AddLast(batch);
            isPruning = true;
        }

        int rows = waiting.Sum(batch => batch.Rows.Length);
        while (rows > MostRowsWaiting && waiting.First is { Next: not null } first)
        {
            rows -= first.Value.Rows.Length;
            waiting.RemoveFirst();
            (stored, lost) = (0, lost + 1);
        }
    }

    // Whether there may be more to do.
    private bool Step(bool isLast)
    {
        if (waiting.First is null && !isPruning)
        {
            return false;
        }

        try
        {
            if (!file.IsInPlace)
            {
                if (file.Tables is not null)
                {
                    warn($"{file.Name}: it was removed or replaced while it was in use: a new one begins");
                }

                file.Close();
            }

            file.Open();
            if (waiting.First is { Value: var batch })
            {
                Store(batch);
                return true;
            }

            return !isLast && RollUpOrPrune();
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            return TryPutAside(fault);
        }
#pragma warning disable CA1031 // Whatever it is: the thread continues, and the next minute tries again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            isPruning = false;
            Failed(fault);
            return false;
        }
    }

    private void Store(RollUpBatch batch)
    {
        Storing?.Invoke();
        int end = Math.Min(batch.Rows.Length, stored + RowsAtOnce);
        file.Tables!.Add(batch, stored..end);
        stored = end;
        if (end == batch.Rows.Length)
        {
            waiting.RemoveFirst();
            stored = 0;
        }

        if (waiting.First is null)
        {
            file.Checkpoint();
            Succeeded();
        }
    }

    private bool RollUpOrPrune()
    {
        RollUpTables tables = file.Tables!;
        // One that is found again, as in a file that was edited, is not rolled up again and again.
        if (tables.HourToRoll(time.GetUtcNow()) is { } hour && hour != rolledUp)
        {
            rolledUp = hour;
            tables.RollUp(hour, Read);
            return true;
        }

        rolledUp = null;

        isPruning = retention.Prune(tables, time.GetUtcNow());
        file.Checkpoint();
        return isPruning;
    }

    private bool TryPutAside(SqliteFault fault)
    {
        try
        {
            file.PutAside(fault.Message);
            stored = 0;
            return true;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            Failed(cannot);
            return false;
        }
    }

    private void Read()
    {
        while (reads.TryDequeue(out var read))
        {
            try
            {
                read.Rows.SetResult(
                    file.Tables is { } tables ? tables.Read(read.Query) : throw new StateStoreException(NotOpen())
                );
            }
            catch (SqliteFault fault)
            {
                read.Rows.SetException(new StateStoreException($"{file.Name} cannot be read: {fault.Message}", fault));
            }
            catch (StateStoreException fault)
            {
                read.Rows.SetException(fault);
            }
            // An impossible value, as after a flipped bit, must not end the process.
            catch (Exception fault) when (fault is ArgumentException or OverflowException)
            {
                read.Rows.SetException(new StateStoreException($"{file.Name} is damaged: {fault.Message}", fault));
            }
        }
    }

    private string NotOpen() => problem ?? $"{file.Name} is not open";

    private void FailReads(string why)
    {
        while (reads.TryDequeue(out var read))
        {
            read.Rows.TrySetException(new StateStoreException($"{file.Name} cannot be read: {why}"));
        }
    }

    private void Failed(Exception fault)
    {
        string why = fault is StateStoreException ? fault.Message : $"{file.Name}: {fault.Message}";
        problem = $"{why}: latencies and times of the newest minutes are in memory, and lost in the end";
        if (warned is { } last && time.GetElapsedTime(last) < WarnEvery)
        {
            return;
        }

        warned = time.GetTimestamp();
        warn(problem);
    }

    private void Succeeded()
    {
        if (problem is null)
        {
            return;
        }

        problem = null;
        warned = null;
        warn(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: stored again{(lost > 0 ? $"; {lost} minutes did not fit into memory and are lost" : "")}"
            )
        );
        lost = 0;
    }
}
