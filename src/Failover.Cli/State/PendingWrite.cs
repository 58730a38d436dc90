namespace Failover;

/// <summary>One or more writes that wait to be stored as one.</summary>
/// <param name="mayFail">Whether a fault ends it.</param>
internal sealed class PendingWrite(bool mayFail)
{
    // Who waits for it must not run on the thread that stores.
    private readonly List<TaskCompletionSource> waiting = [new(TaskCreationOptions.RunContinuationsAsynchronously)];

    public bool MayFail => mayFail;

    public StateChanges Changes { get; } = new();

    /// <summary>Ends when it is stored.</summary>
    public Task Stored => waiting[0].Task;

    /// <summary>What several writes change, in their order.</summary>
    public static StateChanges Together(List<PendingWrite> writes)
    {
        if (writes is [var one])
        {
            return one.Changes;
        }

        StateChanges all = new();
        foreach (PendingWrite write in writes)
        {
            all.Add(write.Changes);
        }

        return all;
    }

    /// <summary>Makes a later write a part of this one.</summary>
    public void Take(PendingWrite later)
    {
        Changes.Add(later.Changes);
        waiting.AddRange(later.waiting);
    }

    public void Succeed() => waiting.ForEach(one => one.TrySetResult());

    public void Fail(StateStoreException fault) => waiting.ForEach(one => one.TrySetException(fault));
}
