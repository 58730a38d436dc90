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

    private Override? OverrideOf(ServedComponent component) =>
        overrides.Count > 0 && overrides.TryGetValue(component.Name, out Override? found) && now <= found.Until
            ? found
            : null;

    private void InForce(Override set)
    {
        overrides[set.Component] = set;
        timers.Set(set.NoticeFrom, MachineTimer.OverrideNotice, set.Component);
        timers.Set(set.Until + TimeSpan.FromTicks(1), MachineTimer.OverrideExpiry, set.Component);
        MarkOverridden(set.Component);
    }

    private void EndOverride(string name, OverrideStep step, string? by = null)
    {
        if (!overrides.Remove(name, out Override? ended))
        {
            return;
        }

        MarkOverridden(name);
        Tell(ended, step, by);
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

    private void Tell(Override about, OverrideStep step, string? by = null)
    {
        Do(new MachineAction.Event(new OverrideChange(about, step, by)));
        TellPeople(
            about.Component,
            NotificationTopics.Override,
            step is OverrideStep.ExpiresSoon or OverrideStep.EndedByLatch
                ? NotificationSeverity.Warning
                : NotificationSeverity.Info,
            TextOf(about, step, by)
        );
    }

    private static string TextOf(Override about, OverrideStep step, string? by) =>
        step switch
        {
            OverrideStep.Set => $"override set: {about.Text}",
            OverrideStep.Cleared => $"override cleared by {by}: {about.Text}",
            OverrideStep.ExpiresSoon => $"override expires soon, into a fail: {about.Text}",
            _ => $"{OverrideStepText(step)}: {about.Text}",
        };

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
