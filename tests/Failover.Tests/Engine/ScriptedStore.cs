using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Failover;

/// <summary>A store that keeps what a test lets it keep: what is held waits until the test says what becomes of it. Continuations run
/// on the thread of the test, so that the engine knows once a call has returned.</summary>
internal sealed class ScriptedStore : IStateStore
{
    /// <summary>Where its lines for people go.</summary>
    public Action<string>? Warn { get; private set; }

    public void WarnTo(Action<string> warn) => Warn = warn;

    private readonly Lock gate = new();
    private readonly List<HeldOperation> held = [];
    private readonly Dictionary<string, StoredNode> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredComponent> components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredLatch> latches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredOverride> overrides = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredAlarm> alarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredDelivery> deliveries = new(StringComparer.Ordinal);
    private readonly Channel<StoreNotice> notices = Channel.CreateUnbounded<StoreNotice>();
    private DateTimeOffset? aliveAt;
    private long revision;
    private int noticed;
    private bool isLost;

    /// <summary>Whether writes and proposals wait until a test decides on them.</summary>
    public bool Holds { get; set; }

    /// <summary>Whether proposals are refused at once.</summary>
    public bool RefusesProposals { get; set; }

    /// <summary>Whether a proposal that is held is refused when it is withdrawn; else its commit has begun.</summary>
    public bool CanWithdraw { get; set; }

    /// <summary>What each call throws, against the contract; null where nothing.</summary>
    public Exception? Throws { get; set; }

    /// <summary>Whether what is held stays so when the store is disposed of.</summary>
    public bool HangsAtEnd { get; set; }

    /// <summary>The writes that were stored, in order.</summary>
    public List<StateWrite> Written { get; } = [];

    /// <summary>The proposals that were committed, in order.</summary>
    public List<StateProposal> Committed { get; } = [];

    /// <summary>The proposals that were withdrawn, by operation.</summary>
    public List<string> Withdrawn { get; } = [];

    public string? Loss { get; init; }

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Fault { get; init; }

    public string? Problem => null;

    public bool IsDurable => true;

    /// <summary>How many writes and proposals are held.</summary>
    public int Held => Locked(() => held.Count);

    public int HeldProposals => Locked(() => held.Count(one => one.Proposal is not null));

    /// <summary>Whether the POST of a user is among what is held.</summary>
    public bool HoldsPostOf(string user) => Locked(() => held.Exists(one => one.Proposal?.Post?.User == user));

    public StoredState Load() =>
        Fault is { } fault
            ? throw new StateStoreException(fault)
            : Locked(() =>
                new StoredState
                {
                    Nodes = [.. nodes.Values],
                    Components = [.. components.Values],
                    Latches = [.. latches.Values],
                    Overrides = [.. overrides.Values],
                    Alarms = [.. alarms.Values],
                    Deliveries = [.. deliveries.Values],
                    AliveAt = aliveAt,
                    Loss = Loss,
                }
            );

    /// <summary>The latches that stand, as they are stored.</summary>
    public ImmutableArray<StoredLatch> StoredLatches() => [.. Load().Latches.Where(latch => latch.State == Fail)];

    public Task<long> PersistAsync(StateWrite write)
    {
        Throw();
        HeldOperation operation = new(write, Proposal: null);
        lock (gate)
        {
            if (Holds || (isLost && !write.IsWhole))
            {
                held.Add(operation);
                return operation.Written.Task;
            }

            isLost = false;
        }

        // What waited for the store to be back comes first.
        StoreAll();
        return Task.FromResult(Locked(() => Keep(write)));
    }

    public Task<CommitResult> CommitAsync(StateProposal proposal)
    {
        Throw();
        HeldOperation operation = new(Write: null, proposal);
        lock (gate)
        {
            if (RefusesProposals || isLost)
            {
                return Task.FromResult(new CommitResult(CommitOutcome.Refused, Problem: "the disk is full"));
            }

            if (Holds)
            {
                held.Add(operation);
                return operation.Settled.Task;
            }

            return Task.FromResult(Commit(proposal));
        }
    }

    public void Withdraw(string operation)
    {
        Throw();
        HeldOperation? withdrawn = Locked(() =>
        {
            Withdrawn.Add(operation);
            HeldOperation? found = CanWithdraw ? held.Find(one => one.Proposal?.Operation == operation) : null;
            if (found is not null)
            {
                held.Remove(found);
            }

            return found;
        });
        withdrawn?.Settled.SetResult(new(CommitOutcome.Refused, Problem: "withdrawn"));
    }

    /// <summary>Stores the oldest write or proposal that is held.</summary>
    public void StoreNext()
    {
        HeldOperation next = TakeNext();
        if (next.Write is { } write)
        {
            next.Written.SetResult(Locked(() => Keep(write)));
        }
        else
        {
            next.Settled.SetResult(Locked(() => Commit(next.Proposal!)));
        }
    }

    /// <summary>Stores all that is held, and what that leads to.</summary>
    public void StoreAll()
    {
        while (Held > 0)
        {
            StoreNext();
        }
    }

    /// <summary>Stores what is held before the oldest proposal, and refuses that.</summary>
    public void RefuseNext() => SettleNext(new(CommitOutcome.Refused, Problem: "the disk is full"));

    /// <summary>As <see cref="RefuseNext"/>, but nobody can tell whether the proposal is stored.</summary>
    public void LoseTrackOfNext(bool isStored)
    {
        StoreWrites();
        if (isStored)
        {
            Locked(() => Commit(held[0].Proposal!));
        }

        SettleNext(new(CommitOutcome.Unknown, Problem: "no answer"));
    }

    /// <summary>Forgets what is held, as when the process dies.</summary>
    public void Forget()
    {
        while (Held > 0)
        {
            HeldOperation next = TakeNext();
            next.Written.TrySetException(new StateStoreException("closed"));
            next.Settled.TrySetResult(new(CommitOutcome.Unknown, Problem: "closed"));
        }
    }

    /// <summary>Loses all that was stored.</summary>
    public void Lose(string problem)
    {
        lock (gate)
        {
            isLost = true;
            Clear();
        }

        Raise(new StoreNotice.Lost(problem));
    }

    public void Raise(StoreNotice notice) => notices.Writer.TryWrite(notice).ShouldBeTrue();

    /// <summary>How many notices the engine has done with.</summary>
    public int Noticed => Volatile.Read(ref noticed);

    public async IAsyncEnumerable<StoreNotice> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (StoreNotice notice in notices.Reader.ReadAllAsync(cancellationToken))
        {
            yield return notice;
            Interlocked.Increment(ref noticed);
        }
    }

    public Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(
        HistoryQuery query,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<StoredTransition>>([.. Written.SelectMany(write => write.Transitions).Reverse()]);

    public Task<IReadOnlyList<StoredPost>> ReadPostsAsync(HistoryQuery query, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredPost>>([.. Written.SelectMany(write => write.Posts).Reverse()]);

    public ValueTask DisposeAsync()
    {
        if (!HangsAtEnd)
        {
            Forget();
        }

        return ValueTask.CompletedTask;
    }

    private void SettleNext(CommitResult result)
    {
        StoreWrites();
        TakeNext().Settled.SetResult(result);
    }

    private void StoreWrites()
    {
        while (Locked(() => held[0].Write is not null))
        {
            StoreNext();
        }
    }

    private HeldOperation TakeNext() =>
        Locked(() =>
        {
            HeldOperation next = held[0];
            held.RemoveAt(0);
            return next;
        });

    private long Keep(StateWrite write)
    {
        if (write.IsWhole)
        {
            Clear();
        }

        Written.Add(write);
        revision++;
        Remove(nodes, write.ForgottenNodes);
        Remove(components, write.ForgottenComponents);
        Remove(latches, write.ForgottenLatches);
        Set(write.Nodes);
        write.Components.ToList().ForEach(component => components[component.Name] = component);
        write.Latches.ToList().ForEach(Set);
        Remove(overrides, write.ForgottenOverrides);
        Set(write.Overrides);
        Remove(alarms, write.ForgottenAlarms);
        write.Alarms.ToList().ForEach(alarm => alarms[alarm.Subject] = alarm);
        Remove(deliveries, write.ForgottenDeliveries);
        write.Deliveries.ToList().ForEach(one => deliveries[one.Key] = one);
        aliveAt = write.AliveAt ?? aliveAt;
        return revision;
    }

    private CommitResult Commit(StateProposal proposal)
    {
        foreach (LatchRelease release in proposal.Releases)
        {
            long found = latches.GetValueOrDefault(release.After.Key)?.Revision ?? 0;
            if (found != release.ExpectedRevision)
            {
                string problem = $"{release.After.Key} is at revision {found}, not {release.ExpectedRevision}";
                return new(CommitOutcome.Refused, Problem: problem);
            }
        }

        Committed.Add(proposal);
        revision++;
        Remove(nodes, proposal.ForgottenNodes);
        Set(proposal.Nodes);
        proposal.Releases.ToList().ForEach(release => Set(release.After));
        Remove(overrides, proposal.ForgottenOverrides);
        Set(proposal.Overrides);
        return new(CommitOutcome.Committed, revision);
    }

    private void Set(ImmutableArray<StoredNode> written) => written.ToList().ForEach(node => nodes[node.Key] = node);

    private void Set(ImmutableArray<StoredOverride> written) =>
        written.ToList().ForEach(one => overrides[one.Id] = one);

    private void Set(StoredLatch latch) => latches[latch.Key] = latch with { Revision = revision };

    private static void Remove<T>(Dictionary<string, T> stored, ImmutableArray<string> keys) =>
        keys.ToList().ForEach(key => stored.Remove(key));

    private void Clear()
    {
        nodes.Clear();
        components.Clear();
        latches.Clear();
        overrides.Clear();
        alarms.Clear();
    }

    private void Throw()
    {
        if (Throws is { } exception)
        {
            throw exception;
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }

    // Continuations run at once: see above.
    private sealed record HeldOperation(StateWrite? Write, StateProposal? Proposal)
    {
        public TaskCompletionSource<long> Written { get; } = new();

        public TaskCompletionSource<CommitResult> Settled { get; } = new();
    }
}
