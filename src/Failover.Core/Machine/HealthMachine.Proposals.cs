using System.Collections.Immutable;

namespace Failover;

// What is in force only once it is committed: the end of authorised latches, and armed oneshots.
internal sealed partial class HealthMachine
{
    private static readonly TimeSpan ProposalTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Proposal> proposals = new(StringComparer.Ordinal);

    /// <summary>An authorised POST to a component. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="component">The component.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    /// <param name="epoch">What the person saw, see <see cref="EpochOf"/>: a fire that was meant for one failure ends no later one. Null: whatever
    /// it is.</param>
    public void Fire(
        object ticket,
        ServedComponent component,
        PostAudit? audit,
        Instant at,
        DateTimeOffset wallClock,
        string? epoch = null
    )
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, component.Name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        if (TargetOf(component) is not { } oneshot)
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        (ImmutableArray<Latch> targets, ImmutableArray<Latch> stranded) = LatchesFor(component, oneshot);
        bool isPending =
            targets.Concat(stranded).Any(latch => latch.Pending is not null)
            || proposals.Values.Any(pending => !pending.IsWithdrawn && pending.Arms?.Oneshot == oneshot);
        if (isPending || (targets.IsEmpty && stranded.IsEmpty))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        HashSet<Node> released = ReleasedBy(targets, oneshot, component.Name);
        Latch[] ended = [.. targets.Where(latch => released.Contains(latch.Node!)).Union(stranded)];
        if (ended.Length == 0 && targets.FirstOrDefault(latch => IsHeldBelow(latch.Node!, released)) is { } held)
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.HeldBelow, HoldingBelow(held.Node!)));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [.. ended.Select(latch => (latch, latch.Id))],
                Arms = ended.Length == 0 ? (oneshot, component.Name) : null,
            }
        );
        Settle();
    }

    /// <summary>Ends the latches of a component that no POST could end, be it one of another component.
    /// <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="name">The component.</param>
    /// <param name="epoch">As for <see cref="Fire"/>.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    public void Forget(object ticket, string name, string? epoch, PostAudit audit, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        Latch[] stranded =
        [
            .. latches.Where(latch => latch.Components.Contains(name, StringComparer.Ordinal) && !CanBeReset(latch)),
        ];
        if (stranded.Length == 0 || stranded.Any(latch => latch.Pending is not null))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [.. stranded.Select(latch => (latch, latch.Id))],
                Forgets = true,
            }
        );
        Settle();
    }

    /// <summary>A proposal was committed or refused, or its outcome is unknown.</summary>
    public void Settled(string operation, CommitResult result, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (proposals.Remove(operation, out Proposal? proposal))
        {
            EndPending(proposal);
            if (result.Outcome == CommitOutcome.Committed && !proposal.IsWithdrawn)
            {
                Apply(proposal);
            }
            else
            {
                EndUncommitted(proposal, result.Outcome);
            }

            RewriteMoved(proposal);
        }

        Settle();
    }

    private Node? TargetOf(ServedComponent component) =>
        !component.IsRetired
        && component.Description.OnPost is { } action
        && graph.TryFind(action.Target, out Vertex? target)
        && target.Combinator?.AfterFire(component.Name, now) is not null
            ? target.Node
            : null;

    // Those that the oneshot would end, and those that no description offers a way out for any longer: the POST of the component
    // ends them, too. For the first, a fire may be on its way already.
    private (ImmutableArray<Latch> Targets, ImmutableArray<Latch> Stranded) LatchesFor(
        ServedComponent component,
        Node oneshot
    )
    {
        ImmutableArray<Latch> stranded = [.. component.Latches.Where(latch => IsStranded(component, latch))];
        if (oneshot.Combinator!.PendingFireIn(oneshot.State, now) is not null)
        {
            return ([], stranded);
        }

        ImmutableArray<Latch> targets =
        [
            .. component
                .Latches.Where(latch =>
                    latch.Node is { } toggle
                    && !stranded.Contains(latch)
                    && Active(ReleasingSide(toggle)).Contains(oneshot)
                )
                .OrderBy(latch => latch.Node!.Vertex.Order),
        ];
        return (targets, stranded);
    }

    // Whether the description of a component offers no way out of it.
    private static bool IsStranded(ServedComponent component, Latch latch) =>
        latch.IsAuthorised
        && (
            latch.Node is not { } toggle
            || !ReleasingSide(toggle).Vertex.Task.OkSources.HasFlag(OkSources.Fire)
            || !ComponentsAbove(toggle).Contains(component.Name, StringComparer.Ordinal)
        );

    // Whether any component has a POST for it, or one that ends it because its own description offers no way out.
    private bool CanBeReset(Latch latch) =>
        !latch.IsAuthorised
        || latch.Components.Any(name =>
            components.TryGetValue(name, out ServedComponent? component) && TargetOf(component) is not null
        );

    private static Node ReleasingSide(Node toggle) => toggle.Child(toggle.Combinator!.LatchSides!.Value.ReleasedBy);

    // The toggles that a fire would release at once, the innermost first: none below which a latch would remain.
    private HashSet<Node> ReleasedBy(ImmutableArray<Latch> targets, Node oneshot, string component)
    {
        HashSet<Node> released = [];
        foreach (Latch latch in targets)
        {
            if (ReadFired(latch.Node!, oneshot, component, released)?.State == HealthState.Ok)
            {
                released.Add(latch.Node!);
            }
        }

        return released;
    }

    // Whether a latch that sets it would remain when those have ended.
    private static bool IsHeldBelow(Node toggle, HashSet<Node> ended) =>
        LatchedWithout(toggle.Child(toggle.Combinator!.LatchSides!.Value.SetBy), ended) == HealthState.Fail;

    private static string HoldingBelow(Node toggle)
    {
        Node setBy = toggle.Child(toggle.Combinator!.LatchSides!.Value.SetBy);
        return Active(setBy).FirstOrDefault(node => node.Latch is not null)?.Vertex.Key ?? "";
    }

    // What a node would show if a oneshot below it were fired; null where that takes a probe.
    private Observation? ReadFired(Node node, Node oneshot, string component, HashSet<Node> ended)
    {
        if (node.Combinator is not { } combinator)
        {
            return null;
        }

        if (node == oneshot)
        {
            return Stamp(combinator.Judge(combinator.AfterFire(component, now)!, [], now).Observation);
        }

        if (node.IsEvaluatedInBackground && !Active(node).Contains(oneshot))
        {
            return node.Shown.ReadAt(now);
        }

        Observation?[] seen = new Observation?[node.Vertex.Children.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            if (
                node.Evaluates(i)
                && (seen[i] = ReadFired(node.Child(i), oneshot, component, ended)) is null
                // Logic may be decided by the others.
                && !combinator.PassesFirstStates
            )
            {
                return null;
            }
        }

        Observation shown = Stamp(
            node.Latch is not null && IsHeldBelow(node, ended)
                ? combinator.Hold(node.State, seen, now)
                : combinator.Judge(node.State, seen, now).Observation
        );
        return seen.Contains(null) && combinator.PassesFirstStates && !shown.IsEvidence ? null : shown;
    }

    private void Propose(Proposal proposal)
    {
        proposals.Add(proposal.Operation, proposal);
        foreach ((Latch latch, _) in proposal.Ends)
        {
            latch.Pending = proposal;
            MarkAllChanged(latch);
        }

        timers.Set(proposal.Deadline, MachineTimer.ProposalTimeout, proposal);
        ProposeIfStored(proposal);
    }

    // What is not stored yet has no revision to be compared with.
    private void ProposeIfStored(Proposal proposal)
    {
        bool isStored = proposal.Ends.All(end => end.Latch.Sequence == 0 && !newLatches.Contains(end.Latch));
        if (proposal.IsProposed || proposal.IsWithdrawn || !isStored)
        {
            return;
        }

        proposal.IsProposed = true;
        Do(
            new MachineAction.Propose(
                new(proposal.Operation)
                {
                    Releases =
                    [
                        .. proposal.Ends.Select(end => new LatchRelease(
                            end.Latch.Stored(HealthState.Ok, "reset", wall),
                            end.Latch.Revision
                        )),
                    ],
                    Nodes =
                    [
                        .. proposal.Arms is var (oneshot, component)
                            ? (StoredNode[])
                                [
                                    Stored(
                                        oneshot,
                                        oneshot.Combinator!.ToPersistedState(
                                            oneshot.Combinator.AfterFire(component, now)!
                                        )!
                                    ),
                                ]
                            : [],
                        .. proposal.Uses.Select(node =>
                            Stored(node, node.Combinator!.ToPersistedState(node.Combinator.CreateUntypedState(now))!)
                        ),
                    ],
                    Overrides = proposal.Overriding is { Set: { } set } ? [set.Stored(now)] : [],
                    ForgottenOverrides = proposal.Overriding is { } overriding
                        ? [.. OverridesReplacedBy(overriding)]
                        : [],
                    Post = proposal.Audit?.At(wall),
                }
            )
        );
    }

    private void Apply(Proposal proposal)
    {
        bool isEnded = true;
        foreach ((Latch latch, string id) in proposal.Ends.Where(end => latches.Contains(end.Latch)))
        {
            if (latch.Id == id)
            {
                EndLatch(latch);
                Rewrite(latch, HealthState.Ok);
            }
            else
            {
                // An earlier proposal timed out meanwhile, and the latch has a new identity.
                isEnded = false;
            }
        }

        // If the oneshot has another path by now, the commit refers to the previous one.
        ConsumeFires(proposal.Uses);
        if (proposal.Arms is var (oneshot, component) && !oneshot.IsRetired)
        {
            oneshot.State = oneshot.Combinator!.AfterFire(component, now)!;
            dirty.Add(oneshot);
            ScheduleFireExpiry(oneshot);
        }

        Reply(
            proposal,
            proposal.Overriding is { } overriding ? Apply(overriding)
                : !isEnded ? OperationOutcome.NotStored
                : proposal.Forgets ? OperationOutcome.Done
                : OperationOutcome.Armed
        );
    }

    private void ScheduleFireExpiry(Node oneshot)
    {
        if (oneshot.Combinator!.PendingFireIn(oneshot.State, now) is { Until: var until } && until != Instant.Never)
        {
            timers.Set(until + TimeSpan.FromTicks(1), MachineTimer.FireExpiry, oneshot);
        }
    }

    // It was withdrawn, or its outcome is unknown: the latches that it would have ended remain, under new identities.
    private void EndUncommitted(Proposal proposal, CommitOutcome outcome)
    {
        if (outcome != CommitOutcome.Refused)
        {
            foreach ((Latch latch, string id) in proposal.Ends)
            {
                if (latches.Contains(latch) && latch.Id == id)
                {
                    latch.Renew(NextIdentity());
                    MarkAllChanged(latch);
                    if (latch.Pending is { IsProposed: false } next)
                    {
                        // It was meant for the previous identity. One that was proposed is refused by its revision.
                        TimeOut(next);
                    }

                    Rewrite(latch, HealthState.Fail);
                }
            }

            IEnumerable<Node> oneshots = proposal.Arms is var (oneshot, _)
                ? [oneshot, .. proposal.Uses]
                : proposal.Uses;
            foreach (Node node in oneshots)
            {
                node.Persisted = null;
                dirty.Add(node);
            }

            if (proposal.Overriding is { } overriding)
            {
                Restore(overriding);
            }
        }

        if (!proposal.IsWithdrawn)
        {
            Reply(proposal, OperationOutcome.NotStored);
        }
    }

    private void TimeOut(Proposal proposal)
    {
        if (proposal.IsWithdrawn || !proposals.ContainsKey(proposal.Operation))
        {
            return;
        }

        EndPending(proposal);
        RewriteMoved(proposal);
        proposal.IsWithdrawn = true;
        if (proposal.IsProposed)
        {
            Do(new MachineAction.Withdraw(proposal.Operation));
        }
        else
        {
            proposals.Remove(proposal.Operation);
        }

        Reply(proposal, OperationOutcome.NotStored);
    }

    private void EndPending(Proposal proposal)
    {
        foreach ((Latch latch, _) in proposal.Ends)
        {
            if (latch.Pending == proposal)
            {
                latch.Pending = null;
                MarkAllChanged(latch);
            }
        }
    }

    // The remaining latches whose key or description changed while the proposal referred to the previous one.
    private void RewriteMoved(Proposal proposal)
    {
        foreach ((Latch latch, _) in proposal.Ends)
        {
            if (latch.Pending is null && latches.Contains(latch))
            {
                Rewrite(latch, HealthState.Fail);
            }
        }
    }

    private void Reply(Proposal proposal, OperationOutcome outcome)
    {
        if (proposal.Ticket is { } ticket)
        {
            Do(new MachineAction.Reply(ticket, outcome));
        }
    }
}
