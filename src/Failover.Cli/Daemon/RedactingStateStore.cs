using System.Collections.Immutable;

namespace Failover;

/// <summary>A store that is given no secrets: reasons come to it with what is shown in their place. A later process, which may know other
/// values, shows them as they were stored.</summary>
/// <param name="store">Where all is stored; disposed of with this.</param>
/// <param name="redact">Takes what is secret out of a text.</param>
internal sealed class RedactingStateStore(IStateStore store, Func<string, string> redact) : IStateStore
{
    public bool IsDurable => store.IsDurable;

    public string? Problem => store.Problem;

    public void WarnTo(Action<string> warn) => store.WarnTo(warn);

    public StoredState Load() => store.Load();

    public Task<long> PersistAsync(StateWrite write) =>
        store.PersistAsync(
            write with
            {
                Nodes = Redacted(write.Nodes),
                Components =
                [
                    .. write.Components.Select(component => component with { Reason = redact(component.Reason) }),
                ],
                Latches = [.. write.Latches.Select(latch => latch with { Reason = redact(latch.Reason) })],
                Overrides = Redacted(write.Overrides),
                Transitions = [.. write.Transitions.Select(Redacted)],
                Alarms = [.. write.Alarms.Select(alarm => alarm with { Newest = Redacted(alarm.Newest) })],
                Deliveries =
                [
                    .. write.Deliveries.Select(one => one with { Notification = Redacted(one.Notification) }),
                ],
            }
        );

    public Task<CommitResult> CommitAsync(StateProposal proposal) =>
        store.CommitAsync(proposal with { Nodes = Redacted(proposal.Nodes), Overrides = Redacted(proposal.Overrides) });

    public void Withdraw(string operation) => store.Withdraw(operation);

    public IAsyncEnumerable<StoreNotice> WatchAsync(CancellationToken cancellationToken) =>
        store.WatchAsync(cancellationToken);

    public Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(
        HistoryQuery query,
        CancellationToken cancellationToken
    ) => store.ReadTransitionsAsync(query, cancellationToken);

    public Task<IReadOnlyList<StoredPost>> ReadPostsAsync(HistoryQuery query, CancellationToken cancellationToken) =>
        store.ReadPostsAsync(query, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private StoredTransition Redacted(StoredTransition moved) =>
        moved with
        {
            Reason = redact(moved.Reason),
            First = moved.First is { } first ? first with { Reason = redact(first.Reason) } : null,
        };

    private Notification Redacted(Notification told) => told with { Reason = redact(told.Reason) };

    private ImmutableArray<StoredOverride> Redacted(ImmutableArray<StoredOverride> overrides) =>
        [.. overrides.Select(one => one with { Reason = redact(one.Reason) })];

    private ImmutableArray<StoredNode> Redacted(ImmutableArray<StoredNode> nodes) =>
        [.. nodes.Select(node => node with { Reason = redact(node.Reason) })];
}
