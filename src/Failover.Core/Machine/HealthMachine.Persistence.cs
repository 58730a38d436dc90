using System.Collections.Immutable;

namespace Failover;

// What is stored of all this. Everything but proposals is in force already.
internal sealed partial class HealthMachine
{
    private static readonly TimeSpan AliveInterval = TimeSpan.FromMinutes(1);

    private readonly HashSet<Node> dirty = [];
    private readonly List<StoredLatch> latchWrites = [];
    private readonly List<StoredTransition> transitions = [];
    private readonly List<StoredPost> posts = [];
    private readonly Dictionary<string, StoredComponent> componentWrites = new(StringComparer.Ordinal);
    private readonly HashSet<string> forgottenNodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> forgottenLatches = new(StringComparer.Ordinal);
    private readonly HashSet<string> forgottenComponents = new(StringComparer.Ordinal);
    private readonly HashSet<string> forgottenOverrides = new(StringComparer.Ordinal);
    private DateTimeOffset? aliveAt;
    private readonly Dictionary<long, List<Latch>> unstored = [];
    private long lastSequence;

    /// <summary>A write is stored.</summary>
    public void Stored(long sequence, long revision, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (!unstored.Remove(sequence, out List<Latch>? stored))
        {
            return;
        }

        foreach (Latch latch in stored)
        {
            foreach (string name in latch.Components)
            {
                if (
                    components.TryGetValue(name, out ServedComponent? component)
                    && component.Hold?.Writes.Remove(sequence) == true
                )
                {
                    MarkChanged(component);
                }
            }

            // It may have been written again meanwhile.
            if (latch.Sequence == sequence)
            {
                (latch.Sequence, latch.Revision) = (0, revision);
                if (latch.Pending is { } pending)
                {
                    ProposeIfStored(pending);
                }
            }
        }

        Settle();
    }

    /// <summary>The store can hold state again, after it has lost what it held: writes all of it.</summary>
    public void StoreBack(Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        long sequence = ++lastSequence;
        foreach (Latch latch in latches)
        {
            latch.IsRewriteDue = false;
            AwaitStored(latch, sequence);
        }

        Do(
            new MachineAction.Persist(
                sequence,
                new()
                {
                    IsWhole = true,
                    Nodes =
                    [
                        .. graph
                            .Vertices.Select(vertex => vertex.Node)
                            .Where(node => node.Persisted is not null)
                            .Select(node => Stored(node, node.Persisted!)),
                    ],
                    Components =
                    [
                        .. components.Values.Select(component => component.Persisted).OfType<StoredComponent>(),
                    ],
                    Latches = [.. latches.Select(latch => latch.Stored(HealthState.Fail, latch.Reason, latch.Since))],
                    Overrides = [.. overrides.Values.Select(one => one.Stored(now))],
                    Alarms = [.. Alarms],
                    AliveAt = wall,
                }
            )
        );
        Settle();
    }

    /// <summary>A POST came to nothing: noted in the audit.</summary>
    public void Note(PostAudit audit, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        posts.Add(audit.At(wall));
        Settle();
    }

    /// <summary>The process ends: notes that it was alive.</summary>
    public void Stop(Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        aliveAt = wall;
        RewriteOverrides();
        Settle();
    }

    /// <summary>The store is closed: what is not committed by now is not applied.</summary>
    public void StoreClosed(Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        foreach (Proposal proposal in proposals.Values.ToArray())
        {
            TimeOut(proposal);
        }

        Settle();
    }

    private void AwaitStored(Latch latch, long sequence)
    {
        latch.Sequence = sequence;
        if (!unstored.TryGetValue(sequence, out List<Latch>? of))
        {
            unstored.Add(sequence, of = []);
        }

        of.Add(latch);
    }

    private void NoteAlive()
    {
        aliveAt = wall;
        RewriteOverrides();
        timers.Set(now + AliveInterval, MachineTimer.SignOfLife, of: null);
    }

    private bool HasChanges =>
        dirty.Count > 0
        || forgottenNodes.Count > 0
        || componentWrites.Count > 0
        || forgottenComponents.Count > 0
        || latchWrites.Count > 0
        || forgottenLatches.Count > 0
        || transitions.Count > 0
        || posts.Count > 0
        || alarmWrites.Count > 0
        || deliveries.Count > 0
        || forgottenOverrides.Count > 0
        || (overrideWrites.Count > 0 && RewritableOverrides.Any())
        || aliveAt is not null;

    // One write for all that an input has changed.
    private long PersistChanges()
    {
        if (!IsStarted)
        {
            dirty.Clear();
            latchWrites.Clear();
            return 0;
        }

        // Most inputs change nothing that is stored.
        if (!HasChanges)
        {
            return lastSequence;
        }

        // Most results change nothing that is stored either: no list is made for them.
        List<StoredNode>? nodes = null;
        foreach (Node node in dirty)
        {
            if (
                !node.IsRetired
                && node.Combinator is { LatchSides: null } combinator
                && combinator.ToPersistedState(node.State) is { } persisted
                && (persisted.Word != node.Persisted?.Word || persisted.Since != node.Persisted.Since)
            )
            {
                node.Persisted = persisted;
                (nodes ??= []).Add(Stored(node, persisted));
            }
        }

        dirty.Clear();
        if (nodes is null && !HasChanges)
        {
            return lastSequence;
        }

        string[] rewritten = overrideWrites.Count > 0 ? [.. RewritableOverrides] : [];
        overrideWrites.ExceptWith(rewritten);
        StateWrite write = new()
        {
            Overrides = [.. rewritten.Where(overrides.ContainsKey).Select(name => overrides[name].Stored(now))],
            ForgottenOverrides = [.. forgottenOverrides],
            Nodes = [.. nodes ?? []],
            ForgottenNodes = [.. forgottenNodes],
            Components = [.. componentWrites.Values],
            ForgottenComponents = [.. forgottenComponents],
            Latches = [.. latchWrites],
            ForgottenLatches = [.. forgottenLatches],
            Transitions = [.. transitions],
            Posts = [.. posts],
            Alarms = [.. alarmWrites.Values.OfType<StoredAlarm>()],
            ForgottenAlarms = [.. alarmWrites.Where(one => one.Value is null).Select(one => one.Key)],
            Deliveries = [.. deliveries],
            AliveAt = aliveAt,
        };
        forgottenNodes.Clear();
        componentWrites.Clear();
        forgottenComponents.Clear();
        forgottenOverrides.Clear();
        latchWrites.Clear();
        forgottenLatches.Clear();
        transitions.Clear();
        posts.Clear();
        alarmWrites.Clear();
        deliveries.Clear();
        aliveAt = null;
        Do(new MachineAction.Persist(++lastSequence, write));
        return lastSequence;
    }

    private StoredNode Stored(Node node, PersistedState persisted) =>
        new(
            node.Vertex.Key,
            node.Vertex.Task.KindName,
            node.Vertex.Fingerprint,
            persisted.Word,
            persisted.Reason,
            persisted.Since is { } since ? wall - (now - since) : wall
        );

    // A latch whose key or description differs from the stored one. Not while a pending proposal refers to the stored one.
    private void Rewrite(Latch latch, HealthState state)
    {
        if (!latch.IsRewriteDue)
        {
            return;
        }

        latch.IsRewriteDue = false;
        if (latch.FormerKeys.Count > 0)
        {
            forgottenLatches.UnionWith(
                latch.FormerKeys.Except(latches.Select(standing => standing.Key), StringComparer.Ordinal)
            );
            latch.FormerKeys.Clear();
        }

        latchWrites.Add(
            latch.Stored(
                state,
                state == HealthState.Fail ? latch.Reason : "reset",
                state == HealthState.Fail ? latch.Since : wall
            )
        );
        if (state == HealthState.Fail)
        {
            newLatches.Add(latch);
        }
    }
}
