namespace Failover;

/// <summary>The real hasher, which can be made to wait: stands for a dear hash.</summary>
internal sealed class HeldHasher : IDisposable
{
    private readonly ManualResetEventSlim open = new(initialState: true);
    private TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often it was called.</summary>
    public int Count { get; private set; }

    /// <summary>Waits until a call has begun since <see cref="Hold"/>.</summary>
    public Task WaitForCallAsync() => begun.Task.WaitAsync(TestContext.Current.CancellationToken);

    public void Hold()
    {
        begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        open.Reset();
    }

    public void Release() => open.Set();

    public string? Hash(ReadOnlySpan<byte> password, PasswordHash stored)
    {
        Count++;
        begun.TrySetResult();
        open.Wait(TestContext.Current.CancellationToken);
        return PasswordHashing.Hash(password, stored);
    }

    // Not the event: a thread that is still held would fall over it.
    public void Dispose() => open.Set();
}
