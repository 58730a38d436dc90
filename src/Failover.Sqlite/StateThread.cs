using System.Collections.Concurrent;

namespace Failover;

/// <summary>The one thread that reads and writes a state file: writes and proposals first, then the history, a step at a time.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="queue">What is to be stored.</param>
/// <param name="history">What is pruned.</param>
/// <param name="time">The clock.</param>
#pragma warning disable CA1001 // Callers and timers may still set the event when the thread has ended: its finalizer closes it.
internal sealed class StateThread(string path, StateQueue queue, StateHistory history, TimeProvider time)
#pragma warning restore CA1001
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<HistoryRead> reads = [];
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StateWriter? writer;

    // By the clock of the machine the thread wakes by itself: a timer would wake two more threads.
    private readonly bool wakesItself = time is BootTime || time == TimeProvider.System;
    private ITimer? waker;
    private long checkedAt;
    private long prunedAt;
    private HistoryRead? reading;
    private volatile bool isStopping;
    private bool isPruneDue = true;
    private bool isCheckpointDue;

    /// <summary>Why the file cannot be used at the moment; null where it can.</summary>
    public string? Problem => writer?.Problem;

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    public bool IsStopping => isStopping;

    /// <summary>When the file is closed.</summary>
    public Task Ended => ended.Task;

    /// <summary>Starts it, with a file that is open.</summary>
    public void Start(StateWriter opened)
    {
        writer = opened;
        queue.Open();
        checkedAt = prunedAt = time.GetTimestamp();
        waker = wakesItself ? null : time.CreateTimer(_ => Wake(), null, CheckEvery, CheckEvery);
        new Thread(Run) { Name = "state", IsBackground = true }.Start();
        Wake();
    }

    /// <summary>There is something to do.</summary>
    public void Wake() => wake.Set();

    /// <summary>Stores what the queue holds, and closes the file.</summary>
    public void Stop()
    {
        isStopping = true;
        Wake();
    }

    /// <summary>Takes a read of the history.</summary>
    public void Add(HistoryRead read)
    {
        reads.Enqueue(read);
        if (ended.Task.IsCompleted)
        {
            EndReads();
        }

        Wake();
    }

    /// <summary>Fails the reads that are pending.</summary>
    public void EndReads()
    {
        StateStoreException fault = new(Problem ?? $"state file {path} is not open");
        reading?.Fail(fault);
        reading = null;
        while (reads.TryDequeue(out HistoryRead? read))
        {
            read.Fail(fault);
        }
    }

    private void WaitForWork()
    {
        TimeSpan left = CheckEvery - time.GetElapsedTime(checkedAt);
        if (!wakesItself)
        {
            wake.WaitOne();
        }
        else if (left > TimeSpan.Zero)
        {
            // Rounded up: woken a moment early, nothing would be due.
            wake.WaitOne((int)Math.Ceiling(left.TotalMilliseconds));
        }

        isCheckpointDue |= IsDue(ref checkedAt, CheckEvery);
        isPruneDue |= IsDue(ref prunedAt, PruneEvery);
    }

    private bool IsDue(ref long last, TimeSpan interval)
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(last, now) < interval)
        {
            return false;
        }

        last = now;
        return true;
    }

    private void Run()
    {
        bool isLast = false;
        while (!isLast)
        {
            WaitForWork();
            isLast = isStopping;
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

                // A step at a time: pending writes come first.
                bool isMore = ReadStep() | PruneStep();
                if (isMore)
                {
                    Wake();
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

    private void Close()
    {
        waker?.Dispose();
        queue.Fail(Problem is { } problem ? $"state file {path} is closed: {problem}" : $"state file {path} is closed");
        writer!.Close();
        ended.SetResult();
        EndReads();
    }
}
