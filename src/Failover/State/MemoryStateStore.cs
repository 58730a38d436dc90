namespace Failover;

/// <summary>Keeps nothing beyond the life of the process: for scripts, and for whoever wants each start to be a fresh one.</summary>
public sealed class MemoryStateStore : IStateStore
{
    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public bool IsLasting => false;

    /// <inheritdoc/>
    public StoredState Load() => StoredState.Empty;

    /// <inheritdoc/>
    public Task WriteAsync(StateWrite write) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
