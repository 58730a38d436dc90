namespace Failover;

/// <summary>Something that waits for its turn to be stored.</summary>
internal abstract class Pending;

/// <summary>One or more writes that wait to be stored as one.</summary>
internal sealed class PendingWrite : Pending
{
    // Who waits for it must not run on the thread that stores.
    private readonly List<TaskCompletionSource<long>> waiting =
    [
        new(TaskCreationOptions.RunContinuationsAsynchronously),
    ];

    public StateChanges Changes { get; } = new();

    /// <summary>Ends, with its revision, when it is stored.</summary>
    public Task<long> Stored => waiting[0].Task;

    /// <summary>Makes a later write a part of this one.</summary>
    public void Take(PendingWrite later)
    {
        Changes.Add(later.Changes);
        waiting.AddRange(later.waiting);
    }

    public void Succeed(long revision) => waiting.ForEach(one => one.TrySetResult(revision));

    public void Fail(StateStoreException fault) => waiting.ForEach(one => one.TrySetException(fault));
}
