using System.Runtime.CompilerServices;

namespace Failover.Abstractions;

/// <summary>Keeps nothing beyond the life of the process: for scripts, and for whoever wants each start to be a fresh one.</summary>
/// <remarks>The newest 10,000 transitions and as many POSTs can be read while the process lives.</remarks>
public sealed class MemoryStateStore : IStateStore
{
    private const int LongestHistory = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<StoredTransition> transitions = [];
    private readonly Queue<StoredPost> posts = [];
    private long revision;

    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public StoredState Load() => StoredState.Empty;

    /// <inheritdoc/>
    public Task<long> PersistAsync(StateWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        lock (gate)
        {
            Append(transitions, write.Transitions);
            Append(posts, write.Posts);
            return Task.FromResult(++revision);
        }
    }

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(StateProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        lock (gate)
        {
            Append(posts, proposal.Post is { } post ? [post] : []);
            return Task.FromResult(new CommitResult(CommitOutcome.Committed, ++revision));
        }
    }

    /// <inheritdoc/>
    public void Withdraw(string operation) { }

    /// <summary>Never has anything to report.</summary>
    public async IAsyncEnumerable<StoreNotice> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(() => cancelled.TrySetResult()))
        {
            await cancelled.Task;
        }

        yield break;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(
        HistoryQuery query,
        CancellationToken cancellationToken
    ) => Task.FromResult(Newest(transitions, query, one => one.Component, one => one.At));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredPost>> ReadPostsAsync(HistoryQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(Newest(posts, query, one => one.Component, one => one.At));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Append<T>(Queue<T> history, IEnumerable<T> later)
    {
        foreach (T one in later)
        {
            history.Enqueue(one);
            if (history.Count > LongestHistory)
            {
                history.Dequeue();
            }
        }
    }

    private IReadOnlyList<T> Newest<T>(
        Queue<T> history,
        HistoryQuery query,
        Func<T, string> component,
        Func<T, DateTimeOffset> at
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (gate)
        {
            return
            [
                .. history
                    .Reverse()
                    .Where(one => query.Component is null || component(one) == query.Component)
                    .Where(one => query.Since is not { } since || at(one) >= since)
                    .Take(query.Limit),
            ];
        }
    }
}
