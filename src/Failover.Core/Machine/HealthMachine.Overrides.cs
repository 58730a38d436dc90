using System.Security.Cryptography;
using System.Text;

namespace Failover;

// Overrides: what people have a component serve for a limited time, whatever it is judged to be. Set and cleared by proposals, as latches
// are ended; each expires.
internal sealed partial class HealthMachine
{
    // By component. An override belongs to the path: it outlives the description, as a latch does.
    private readonly Dictionary<string, Override> overrides = new(StringComparer.Ordinal);
    private readonly HashSet<string> overrideWrites = new(StringComparer.Ordinal);

    /// <summary>Those in force, also of components that are not served now.</summary>
    public IReadOnlyCollection<Override> Overrides => overrides.Values;

    /// <summary>Has a component serve something else for a limited time. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    public void SetOverride(
        object ticket,
        ServedComponent component,
        OverrideRequest request,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        if (RefusalOf(component, request) is var (outcome, detail))
        {
            Do(new MachineAction.Reply(ticket, outcome, detail));
            return;
        }

        Override set = new(
            NextIdentity(),
            component.Name,
            request.Kind,
            request.Kind switch
            {
                OverrideKind.Ok => HealthState.Ok,
                OverrideKind.Fail => HealthState.Fail,
                OverrideKind.Hold => HeldState(component)!.Value,
                _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "no such override"),
            },
            request.Reason,
            request.Audit.User ?? "",
            request.Audit.Source,
            wall,
            Override.NoticeFromOf(now, request.Lasts),
            now + request.Lasts
        )
        {
            MayHideLatch = request is { Kind: OverrideKind.Ok, MayHideLatch: true },
            NewestLatch = lastLatch,
        };
        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = request.Audit,
                Ends = [],
                Overriding = new(component.Name, set),
            }
        );
        Settle();
    }

    /// <summary>Ends an override. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="name">The component; it may be served no longer.</param>
    /// <param name="epoch">As in <see cref="OverrideRequest.Epoch"/>.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    public void ClearOverride(
        object ticket,
        string name,
        string? epoch,
        PostAudit audit,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        if (!overrides.ContainsKey(name) || IsOverridePending(name))
        {
            string detail = overrides.ContainsKey(name) ? "its override is being changed" : "no override is in force";
            Do(new MachineAction.Reply(ticket, OperationOutcome.Conflict, detail));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [],
                Overriding = new(name, Set: null),
            }
        );
        Settle();
    }

    /// <summary>What a person saw who decides something about a component: another text once its state, its latches or its override are
    /// others. The same before and after a restart.</summary>
    public string EpochOf(string name)
    {
        ServedComponent? component = Find(name);
        Snapshot? published = component?.Published;
        StringBuilder seen = new();
        seen.Append(published?.State)
            .Append('|')
            .Append(published?.Since?.ToUnixTimeMilliseconds())
            .Append('|')
            .Append(overrides.GetValueOrDefault(name)?.Id);
        foreach (
            string id in (component?.Latches ?? LatchesOf(name)).Select(latch => latch.Id).Order(StringComparer.Ordinal)
        )
        {
            seen.Append('|').Append(id);
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(seen.ToString()));
        return Convert.ToHexStringLower(hash.AsSpan(0, EpochBytes));
    }

    private IEnumerable<Latch> LatchesOf(string name) =>
        latches.Where(latch => latch.Components.Contains(name, StringComparer.Ordinal));

    // Enough that no two of one component are alike.
    private const int EpochBytes = 8;

    private bool IsOutdated(string? epoch, string name) => epoch is not null && epoch != EpochOf(name);

    private Override? OverrideOf(ServedComponent component) =>
        overrides.Count > 0 && overrides.TryGetValue(component.Name, out Override? found) && now <= found.Until
            ? found
            : null;

    private (OperationOutcome Outcome, string Detail)? RefusalOf(ServedComponent component, OverrideRequest request)
    {
        if (component.IsRetired)
        {
            return (OperationOutcome.Conflict, "it is served no longer");
        }

        if (IsOutdated(request.Epoch, component.Name))
        {
            return (OperationOutcome.Outdated, "");
        }

        if (IsOverridePending(component.Name))
        {
            return (OperationOutcome.Conflict, "its override is being changed");
        }

        if (request.Kind == OverrideKind.Hold && HeldState(component) is null)
        {
            return (OperationOutcome.Conflict, "there is no state to hold: nothing has been judged yet");
        }

        return request.Kind == OverrideKind.Ok && component.IsLatched && !request.MayHideLatch
            ? (OperationOutcome.Latched, "")
            : null;
    }

    // An ok that an override serves is not one that may be held without the right to set it.
    private static HealthState? HeldState(ServedComponent component) =>
        component.IsLatched ? HealthState.Fail
        : component.Published.WithoutOverride is { IsGuarded: true } ? HealthState.Ok
        : component.LastDefinite?.State;

    private bool IsOverridePending(string name) =>
        proposals.Values.Any(proposal => !proposal.IsWithdrawn && proposal.Overriding?.Component == name);

    // It is committed.
    private OperationOutcome Apply(OverrideProposal proposal)
    {
        if (proposal.Set is not { } set)
        {
            EndOverride(proposal.Component, OverrideStep.Cleared);
            return OperationOutcome.Done;
        }

        // It yields to a latch that has begun meanwhile, as it would have a moment later.
        if (proposal.HasYielded)
        {
            Restore(proposal);
            return OperationOutcome.Outdated;
        }

        if (overrides.TryGetValue(proposal.Component, out Override? before))
        {
            Tell(before, OverrideStep.Cleared);
        }

        InForce(set);
        Tell(set, OverrideStep.Set);
        return OperationOutcome.Done;
    }

    private void InForce(Override set)
    {
        overrides[set.Component] = set;
        timers.Set(set.NoticeFrom, MachineTimer.OverrideNotice, set.Component);
        timers.Set(set.Until + TimeSpan.FromTicks(1), MachineTimer.OverrideExpiry, set.Component);
        MarkOverridden(set.Component);
    }

    private void EndOverride(string name, OverrideStep step)
    {
        if (!overrides.Remove(name, out Override? ended))
        {
            return;
        }

        MarkOverridden(name);
        Tell(ended, step);
        if (step != OverrideStep.Cleared)
        {
            posts.Add(new(wall, name, User: null, Source: "", $"{OverrideStepText(step)}: {ended.Text}"));
            forgottenOverrides.Add(ended.Id);
        }
    }

    private static string OverrideStepText(OverrideStep step) =>
        step == OverrideStep.Expired ? "override expired" : "override ended by a latch";

    private void MarkOverridden(string name)
    {
        if (components.TryGetValue(name, out ServedComponent? component))
        {
            MarkChanged(component);
        }
    }

    private void Tell(Override about, OverrideStep step) =>
        Do(new MachineAction.Event(new OverrideChange(about, step)));

    // All that the store may hold of a component, what was proposed before and given up included.
    private IEnumerable<string> OverridesReplacedBy(OverrideProposal proposal)
    {
        IEnumerable<string?> others = proposals
            .Values.Select(other => other.Overriding)
            .Where(other => other?.Component == proposal.Component && other != proposal)
            .Select(other => other!.Set?.Id);
        return others.Append(overrides.GetValueOrDefault(proposal.Component)?.Id).OfType<string>();
    }

    // It may be committed, and is not in force: what is stored is to be what is.
    private void Restore(OverrideProposal proposal)
    {
        if (proposal.Set is { } set)
        {
            forgottenOverrides.Add(set.Id);
        }

        RewriteOverride(proposal.Component);
    }

    // Not while a proposal that has not been judged would end it: that may be committed already.
    private void RewriteOverride(string name) => overrideWrites.Add(name);

    // How long they last from now on: with each sign of life.
    private void RewriteOverrides() => overrideWrites.UnionWith(overrides.Keys);

    private IEnumerable<string> RewritableOverrides =>
        overrideWrites.Where(name =>
            !proposals.Values.Any(proposal => proposal.Overriding is { HasYielded: false } one && one.Component == name)
        );

    private void ExpireOverride(string name)
    {
        // Another one may be in force by now.
        if (overrides.TryGetValue(name, out Override? due) && due.Until < now)
        {
            EndOverride(name, OverrideStep.Expired);
        }
    }

    private void NoticeOverride(string name) => MarkOverridden(name);

    private void WarnOfExpiry(Snapshot served)
    {
        if (
            served.Overridden
                is {
                    By: { IsNoticed: false, State: not HealthState.Fail } by,
                    Beneath: { IsKnown: true, State: HealthState.Fail }
                }
            && by.NoticeFrom <= now
            && overrides.GetValueOrDefault(by.Component) == by
        )
        {
            overrides[by.Component] = by with { IsNoticed = true };
            Tell(by, OverrideStep.ExpiresSoon);
        }
    }

    // At the end of each input, whatever it was that latched them: the end is stored with the latch.
    private void YieldToLatches()
    {
        if (overrides.Count + proposals.Count == 0)
        {
            return;
        }

        foreach (ServedComponent component in touched)
        {
            if (!component.IsLatched || component.IsRetired)
            {
                continue;
            }

            if (overrides.TryGetValue(component.Name, out Override? found) && found.YieldsTo(component))
            {
                EndOverride(component.Name, OverrideStep.EndedByLatch);
            }

            foreach (Proposal proposal in proposals.Values)
            {
                if (
                    proposal.Overriding is { Set: { } set, HasYielded: false } overriding
                    && overriding.Component == component.Name
                    && set.YieldsTo(component)
                )
                {
                    // What was proposed before is stored before.
                    overriding.HasYielded = true;
                    Restore(overriding);
                }
            }
        }
    }

    private void ResumeOverrides(StoredState stored)
    {
        foreach (StoredOverride row in stored.Overrides)
        {
            // The time for which no process ran does not count. The one before may have run for so long since it noted the rest: it counts
            // as if it had, so that no restart prolongs an override. No wall clock says so: it may have been set meanwhile.
            TimeSpan rest = row.Lasts - AliveInterval;
            // What began later has ended it in the same write.
            Override resumed = new(
                row.Id,
                row.Component,
                row.Kind,
                row.State,
                row.Reason,
                row.User,
                row.Source,
                row.Since,
                Override.NoticeFromOf(now, rest),
                now + rest
            )
            {
                MayHideLatch = row.MayHideLatch,
            };
            overrides[row.Component] = resumed;
            if (components.TryGetValue(row.Component, out ServedComponent? component) && component.Recorded is not null)
            {
                component.Recorded = row.State;
            }

            if (rest <= TimeSpan.Zero)
            {
                EndOverride(row.Component, OverrideStep.Expired);
                continue;
            }

            InForce(resumed);
            // From now on: the time before has been subtracted.
            RewriteOverride(row.Component);
        }
    }
}

/// <summary>An override that is to be set or cleared.</summary>
/// <param name="Component">Whose.</param>
/// <param name="Set">The new one; null: none from then on.</param>
internal sealed record OverrideProposal(string Component, Override? Set)
{
    /// <summary>Whether it yields to a latch before it is in force: it never is.</summary>
    public bool HasYielded { get; set; }
}
