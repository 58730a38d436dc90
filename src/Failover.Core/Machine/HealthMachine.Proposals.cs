using System.Collections.Immutable;

namespace Failover;

// What is in force only once it is committed: the end of authorised latches, and armed oneshots.
internal sealed partial class HealthMachine
{
    private static readonly TimeSpan ProposalTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Proposal> proposals = new(StringComparer.Ordinal);

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
