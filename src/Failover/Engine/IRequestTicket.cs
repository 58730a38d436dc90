namespace Failover;

/// <summary>A request that waits for an evaluation.</summary>
internal interface IRequestTicket
{
    /// <summary>The answer, once. Called under no lock, on whichever thread has it; it must not block.</summary>
    void Answer(Snapshot snapshot);
}

/// <summary>A request that is awaited.</summary>
internal sealed class AwaitedRequest()
    : TaskCompletionSource<Snapshot>(TaskCreationOptions.RunContinuationsAsynchronously),
        IRequestTicket
{
    public void Answer(Snapshot snapshot) => TrySetResult(snapshot);
}
