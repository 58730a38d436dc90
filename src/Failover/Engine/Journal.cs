using System.Collections.Immutable;
using System.Threading.Channels;

namespace Failover;

/// <summary>Between decisions and the store: has stored what a decision changes, and shows it when it may be shown.</summary>
/// <remarks>
/// <para>What moves nothing is shown at once. A move to fail is shown when it is stored, or after 250 ms. A move out of a latch,
/// and a fire, are shown when they are stored; where that fails, or takes 5 s, they are undone, with all that was decided on
/// the strength of them since.</para>
/// <para>A store that keeps nothing beyond the process has stored at once: then nothing waits.</para>
/// </remarks>
internal sealed class Journal : IAsyncDisposable
{
    // Moves to fail that are not stored in time are shown all the same, and known to be stored later: of so many.
    private const int MostBehind = 10_000;

    private static readonly StateWrite Nothing = new();

    private readonly HealthEngine engine;
    private readonly IStateStore store;
    private readonly Channel<Gate> unsettled = Channel.CreateUnbounded<Gate>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly List<Gate> tentative = [];
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task settling;
    private int behind;
    private bool isLoaded;

    public Journal(HealthEngine engine, IStateStore store)
    {
        this.engine = engine;
        this.store = store;
        settling = SettleAllAsync();
    }

    /// <summary>What is latched. Under the lock.</summary>
    public LatchBook Latches { get; } = new();

    /// <summary>How many writes that something waits for are not known to be stored.</summary>
    public int Behind => Volatile.Read(ref behind);

    /// <summary>How often something was undone.</summary>
    public int Undoings { get; private set; }

    /// <summary>Reads what was stored.</summary>
    /// <exception cref="StateStoreException">The store cannot be used.</exception>
    public StoredState Load()
    {
        StoredState stored = store.Load();
        Latches.Restore(stored.Latches);
        isLoaded = true;
        return stored;
    }

    /// <summary>Has a POST of which nothing came stored, for the audit.</summary>
    public void Enter(PostAudit audit)
    {
        if (store.IsLasting)
        {
            _ = store.HandOverAsync(new StateWrite { Posts = [audit.At(WallClock)] });
        }
    }

    /// <summary>Takes over what was decided. Under the lock. Before what was stored is read, nothing is decided: what nodes begin
    /// with may not be what they go on from.</summary>
    public void Enter(Decision decision)
    {
        if (!isLoaded)
        {
            foreach (Component component in decision.Shown)
            {
                component.Prepare();
            }

            return;
        }

        List<Change> changes = ChangesOf(decision);
        NodeRunner[] released = [.. ReleasedBelow(changes)];
        if (decision.Fire is null && released.Length == 0)
        {
            Enter(decision, changes, decision.Shown, isTentative: false);
            return;
        }

        // A fail that is moved to at the same moment is not undone with a release that cannot be stored, nor shown later.
        ILookup<bool, Change> moves = changes.ToLookup(change => change.IsMoveToFail);
        HashSet<Component> waiting =
        [
            .. released.SelectMany(node => node.Places).SelectMany(place => engine.ComponentsOf(place.Component)),
            .. decision.Fire is null ? [] : decision.Shown,
        ];
        waiting.RemoveWhere(component => component.WillFail(decision.Now));
        Enter(decision, [.. moves[false]], waiting, isTentative: true);
        Enter(decision, [.. moves[true]], [.. decision.Shown.Except(waiting)], isTentative: false);
    }

    /// <summary>Undoes what waits to be stored before it is shown: who is about to be replaced cannot wait. Under the lock.</summary>
    public void UndoWhatWaits(Decision decision)
    {
        if (tentative.Count > 0)
        {
            UndoFrom(0, decision);
        }
    }

    /// <summary>Stops; what is on its way to the store gets the time that the store gives it.</summary>
    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        closed.TrySetResult();
        unsettled.Writer.TryComplete();
        await settling;
    }

    private DateTimeOffset WallClock => engine.Clock.Time.GetUtcNow();

    private static List<Change> ChangesOf(Decision decision)
    {
        List<Change> changes = [];
        foreach (NodeRunner node in decision.Judged)
        {
            if (!node.IsRetired && node.Keep() is { } after && after.Word != node.Kept?.Word)
            {
                changes.Add(new(node, node.Kept, node.KeptAt, after));
                node.Kept = after;
            }
        }

        return changes;
    }

    // The latches that stand and that these changes leave, or rest on, and that are not stored as left yet.
    private IEnumerable<NodeRunner> ReleasedBelow(List<Change> changes)
    {
        foreach (Change change in changes.Where(change => !change.IsMoveToFail))
        {
            if (change.IsRelease && Latches.HasAny(change.Node))
            {
                yield return change.Node;
            }

            foreach (NodeRunner node in tentative.SelectMany(gate => gate.ReleasedBelow(change.Node)))
            {
                yield return node;
            }
        }
    }

    private void Enter(Decision decision, List<Change> changes, IReadOnlyCollection<Component> shown, bool isTentative)
    {
        DateTimeOffset at = WallClock;
        ImmutableArray<StoredTransition> transitions = [];
        foreach (Component component in shown)
        {
            if (component.Decide(decision.Now, at) is { } transition)
            {
                transitions = transitions.Add(transition);
            }
        }

        Gate? gate = null;
        if (changes.Count > 0 || transitions.Length > 0 || decision.IsMoreThanJudged)
        {
            StateWrite write = WriteOf(changes, at, out ImmutableArray<StoredLatch> released) with
            {
                Transitions = transitions,
            };
            write = isTentative
                ? write with
                {
                    MayFail = true,
                    Posts = decision.Fire?.Audit is { } audit ? [audit.At(at)] : [],
                }
                : write with
                {
                    ForgottenNodes = [.. decision.Forgotten],
                    Latches = write.Latches.AddRange(LatchesAtNewPlaces(decision, at)),
                    Releases = [.. write.Releases, .. Latches.Release(decision.Cleared).Select(PlaceOf)],
                };
            gate = Store(write, changes, isTentative, decision);
            gate?.Released.AddRange(released);
        }

        foreach (Component component in shown)
        {
            gate?.Components.Add(component);
            component.Show(gate, decision.Now);
        }
    }

    // A node may be served at places where it was not when it moved to fail.
    private IEnumerable<StoredLatch> LatchesAtNewPlaces(Decision decision, DateTimeOffset at) =>
        decision
            .Latched.Where(node => !Latches.HasAll(node))
            .SelectMany(node => Latches.Stand(node, node.Keep()!.Reason, at));

    /// <param name="changes">What nodes remember from now on.</param>
    /// <param name="at">When they came to that.</param>
    /// <param name="released">The latches that are left by that.</param>
    private StateWrite WriteOf(List<Change> changes, DateTimeOffset at, out ImmutableArray<StoredLatch> released)
    {
        released = [];
        if (changes.Count == 0)
        {
            return Nothing;
        }

        ImmutableArray<StoredNode>.Builder nodes = ImmutableArray.CreateBuilder<StoredNode>(changes.Count);
        ImmutableArray<StoredLatch>.Builder latched = ImmutableArray.CreateBuilder<StoredLatch>();
        foreach ((NodeRunner node, _, _, Lasting after) in changes)
        {
            node.KeptAt = at;
            nodes.Add(new(node.Key, node.Fingerprint, after.Word, after.Reason, at));
            if (node.Latches && after.State == HealthState.Fail)
            {
                latched.AddRange(Latches.Stand(node, after.Reason, at));
            }
            else if (node.Latches)
            {
                released = released.AddRange(Latches.Release(node.Places));
            }
        }

        return new()
        {
            Nodes = nodes.MoveToImmutable(),
            Latches = latched.ToImmutable(),
            Releases = [.. released.Select(PlaceOf)],
        };
    }

    private static LatchPlace PlaceOf(StoredLatch latch) => new(latch.Component, latch.Path);

    // Gives the gate that what is shown waits behind; null where nothing waits.
    private Gate? Store(StateWrite write, List<Change> changes, bool isTentative, Decision decision)
    {
        if (!store.IsLasting || (write.IsEmpty && !isTentative))
        {
            return null;
        }

        Task stored = store.HandOverAsync(write);
        bool isAwaited = Behind < MostBehind && !decision.IsBeginning && changes.Exists(change => change.IsMoveToFail);
        if (!isTentative && !isAwaited)
        {
            return null;
        }

        Gate gate = new(isTentative) { Stored = stored };
        gate.Changes.AddRange(changes);
        gate.Timer = engine.Clock.Time.CreateTimer(
            _ => RunOutOfPatience(gate),
            state: null,
            Gate.FailPatience,
            isTentative ? Gate.StorePatience - Gate.FailPatience : Timeout.InfiniteTimeSpan
        );
        if (isTentative)
        {
            tentative.Add(gate);
            if (decision.Fire is { } fire)
            {
                fire.Stored = gate.Settled;
            }
        }

        Interlocked.Increment(ref behind);
        unsettled.Writer.TryWrite(gate);
        return gate;
    }

    private void RunOutOfPatience(Gate gate)
    {
        lock (engine.Judging)
        {
            if (gate.IsOpen || gate.IsUndone)
            {
                return;
            }

            if (!gate.IsTentative)
            {
                Open(gate);
                return;
            }

            // The first time for the requests that wait, the second time for good.
            if (!gate.Waited.IsCompleted)
            {
                gate.StopWaiting();
                return;
            }
        }

        Undo(gate);
    }

    private async Task SettleAllAsync()
    {
        // Writes are stored in the order in which they were handed over, and so they are settled.
        await foreach (Gate gate in unsettled.Reader.ReadAllAsync())
        {
            // What a store has not answered when it is closed, it never will: a disk that hangs does not hold up the end.
            await Task.WhenAny(gate.Stored, closed.Task);
            Settle(gate);
            Interlocked.Decrement(ref behind);
        }
    }

    private void Settle(Gate gate)
    {
        if (!gate.Stored.IsCompletedSuccessfully)
        {
            Undo(gate);
            return;
        }

        lock (engine.Judging)
        {
            if (gate.IsUndone)
            {
                StoreWhatIsSo([gate]);
            }
            else if (!gate.IsOpen)
            {
                Open(gate);
            }
        }
    }

    private void Open(Gate gate)
    {
        tentative.Remove(gate);
        gate.Open();
        Instant now = engine.Clock.Now;
        foreach (Component component in gate.Components)
        {
            component.ShowWhatMayBeShown(now);
        }

        gate.Tell();
    }

    // With all that was decided on the strength of it since, the newest first.
    private void Undo(Gate failed)
    {
        using Decision decision = engine.Decide();
        if (tentative.IndexOf(failed) is >= 0 and var first)
        {
            UndoFrom(first, decision);
        }
    }

    private void UndoFrom(int first, Decision decision)
    {
        List<Gate> undone = tentative[first..];
        tentative.RemoveRange(first, undone.Count);
        undone.Reverse();
        Undoings++;
        decision.IsBeginning = true;
        foreach (Gate gate in undone)
        {
            gate.Changes.Reverse();
            gate.Changes.ForEach(change => change.Node.Undo(change, decision));
            Latches.Restore(gate.Released);
            gate.Undo();
        }

        foreach (Change change in undone.SelectMany(gate => gate.Changes).Where(change => change.IsRelease))
        {
            HealthEngine.JudgeAbove(change.Node, judged: [change.Node], passesLoops: true, decision);
        }

        StoreWhatIsSo(undone);
        foreach (Component component in undone.SelectMany(gate => gate.Components).Distinct())
        {
            component.Forget(undone, decision);
        }

        undone.ForEach(gate => gate.Tell());
    }

    // What was undone may have been stored all the same, or be stored yet: it is not so. Nor is what waits to be stored.
    private void StoreWhatIsSo(IEnumerable<Gate> undone)
    {
        List<Change> now =
        [
            .. undone
                .SelectMany(gate => gate.Changes)
                .Select(change => change.Node)
                .Where(node => !node.IsRetired && node.Kept is not null && !tentative.Exists(gate => gate.Holds(node)))
                .Distinct()
                .Select(node => new Change(node, Before: null, BeforeAt: default, node.Kept!)),
        ];
        _ = store.HandOverAsync(WriteOf(now, WallClock, out _));
    }
}
