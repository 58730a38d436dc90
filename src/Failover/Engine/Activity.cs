namespace Failover;

/// <summary>Counts what runs, so that tests can wait until nothing does.</summary>
internal sealed class Activity
{
    private readonly Lock gate = new();
    private TaskCompletionSource? idle;
    private int running;

    public void Enter() => Interlocked.Increment(ref running);

    public void Leave()
    {
        if (Interlocked.Decrement(ref running) == 0)
        {
            Volatile.Read(ref idle)?.TrySetResult();
        }
    }

    /// <summary>Completes when nothing runs.</summary>
    public Task WhenIdleAsync()
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            waiting = idle is { Task.IsCompleted: false } shared
                ? shared
                : new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref idle, waiting);
        }

        // A full fence: who leaves last must see the one that waits, or be seen to have left.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref running) == 0)
        {
            waiting.TrySetResult();
        }

        return waiting.Task;
    }
}
