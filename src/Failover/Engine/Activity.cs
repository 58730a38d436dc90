namespace Failover;

/// <summary>Counts what runs, so that tests can wait until nothing does.</summary>
internal sealed class Activity
{
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
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A full fence: who leaves last must see the one that waits, or be seen to have left.
        Interlocked.Exchange(ref idle, waiting);
        if (Volatile.Read(ref running) == 0)
        {
            waiting.TrySetResult();
        }

        return waiting.Task;
    }
}
