using System.Collections.Immutable;

namespace Failover;

// When the effective state of each component is published, and to whom.
internal sealed partial class HealthMachine
{
    // How long a move to fail of an authorised latch waits to be stored before it is published without that.
    private static readonly TimeSpan PublishHoldLimit = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<ServedComponent> touched = [];

    private void MarkChanged(ServedComponent component) => touched.Add(component);

    // The end of each input: what has changed is persisted and published.
    private void Settle()
    {
        if (IsStarted)
        {
            FillSlots();
        }

        SettleGuards();
        YieldToLatches();
        YieldWindowsToLatches();
        foreach (ServedComponent component in touched)
        {
            Record(component);
        }

        long sequence = PersistChanges();
        foreach (Latch latch in newLatches)
        {
            Hold(latch, sequence);
        }

        newLatches.Clear();
        foreach (ServedComponent component in touched)
        {
            if (component.Hold is not { Writes.Count: > 0 })
            {
                Publish(component);
                Answer(component);
            }

            component.Unpublished = null;
        }

        touched.Clear();
    }

    // For the history, and for the next process: at once, whether it may be published yet or not.
    private void Record(ServedComponent component)
    {
        if (!IsStarted || component.IsRetired)
        {
            return;
        }

        component.Unpublished = Effective(component);
        WarnOfExpiry(component.Unpublished);
        TellOf(component, KeepKnown(component, component.Published, component.Unpublished));
        if (component.Unpublished is not { IsKnown: true } snapshot)
        {
            return;
        }

        if (component.Recorded is { } from && from != snapshot.State)
        {
            transitions.Add(
                new(wall, component.Name, from, snapshot.State, snapshot.Reason, snapshot.Evidence)
                {
                    // Back from an error, the state has not changed: what changed it is in an earlier transition.
                    First = component.Persisted?.State == snapshot.State ? null : Stored(snapshot.FirstContrary),
                }
            );
        }

        component.Recorded = snapshot.State;
        // The end of what had another state served is the beginning of this one.
        bool isNewToPollers =
            component.Published is { IsKnown: true, IsDictated: true }
            && !snapshot.IsDictated
            && component.Published.State != snapshot.State;
        PersistDefinite(component, snapshot.WithoutOverride, isNewToPollers);
    }

    // An override is stored by itself: this is the state without it.
    private void PersistDefinite(ServedComponent component, Snapshot snapshot, bool isNewToPollers)
    {
        if (
            snapshot is not { IsKnown: true, State: not HealthState.Error }
            || (
                !isNewToPollers
                && component.Persisted?.State == snapshot.State
                && component.Persisted.IsLatched == snapshot.IsLatched
                && !IsHeldByOthersThan(component, component.Persisted.HeldBy)
            )
        )
        {
            return;
        }

        bool isSame = component.Persisted?.State == snapshot.State && !isNewToPollers;
        DateTimeOffset since = isSame ? component.Persisted!.Since : wall;
        component.Persisted = new(component.Name, snapshot.State, snapshot.Reason, since, snapshot.IsLatched)
        {
            HeldBy = [.. component.HeldBy.Select(latch => latch.Id)],
        };
        componentWrites[component.Name] = component.Persisted;
    }

    private StoredFirstContrary? Stored(FirstContrary? first) =>
        first is null ? null : new(wall - (now - first.Ended), first.Reason);

    private static bool IsHeldByOthersThan(ServedComponent component, ImmutableArray<string> latches) =>
        component.HeldBy.Length != latches.Length
        || component.HeldBy.Any(latch => !latches.Contains(latch.Id, StringComparer.Ordinal));

    private void Publish(ServedComponent component)
    {
        component.Hold = null;
        Snapshot before = component.Published;
        if (component.IsRetired)
        {
            return;
        }

        Snapshot next = KeepKnown(component, before, component.Unpublished ?? Effective(component));

        bool isSame = before.IsKnown && before.State == next.State;
        // The same before and after a restart: what decides is stored with the override, in the schedule, or with the component.
        bool isStored = component.Persisted?.State == next.State && (before.Since is null || before.IsDictated);
        DateTimeOffset? since =
            next.DictatedSince is { } dictated ? dictated
            : isStored ? component.Persisted!.Since
            : isSame && before.Since is not null ? before.Since
            : next.IsKnown ? wall
            : null;
        if (next.Since != since || next.Version != before.Version + 1)
        {
            next = next with { Since = since, Version = before.Version + 1 };
        }

        if (next.HasSameContentAs(before))
        {
            return;
        }

        component.Published = next;
        if (next.WithoutOverride is { IsKnown: true, State: not HealthState.Error } definite)
        {
            component.LastDefinite = definite.AsJudged;
        }

        Do(new MachineAction.Publish(component, next));
        if (before.IsKnown && next.IsKnown && !isSame && IsStarted)
        {
            component.Transitions.Count(next.State);
            // Behind the publication: who hears of it reads the new state.
            Do(new MachineAction.Event(new StateChange(component.Name, before.State, next.State, next.Reason)));
        }

        NoteServed(component, before, next);
        WatchStale(component);
    }

    // What is not known takes the place of nothing that is. Of an override or a window that has ended nothing stays.
    private Snapshot KeepKnown(ServedComponent component, Snapshot before, Snapshot next)
    {
        Snapshot known = before.WithoutOverride;
        if (next.WithoutOverride.IsKnown || !known.IsKnown)
        {
            return next;
        }

        known = Maintained(component, known);
        return next.Overridden is { } overridden ? known.OverriddenBy(overridden.By) : known;
    }

    private void Answer(ServedComponent component)
    {
        if (component.HasTickets && (component.Root.Evaluation is null || component.IsOverdue || component.IsAnswerDue))
        {
            AnswerAll(component);
        }

        component.IsAnswerDue = false;
    }

    private void AnswerAll(ServedComponent component)
    {
        if (!component.HasTickets)
        {
            return;
        }

        Snapshot answer = component.Published.ReadAt(now);
        foreach (Ticket ticket in component.Tickets)
        {
            Do(new MachineAction.Answer(ticket.Id, answer));
        }

        component.Tickets.Clear();
    }

    // At a response deadline the last known state is the answer, an ok only while it is not far older than an evaluation takes.
    private void AnswerAtDeadline(ServedComponent component, Instant at)
    {
        if (component.DeadlineTimer != at)
        {
            return;
        }

        component.DeadlineTimer = Instant.Never;
        Snapshot answer = LastKnownAtDeadline(component);
        foreach (Ticket ticket in component.Tickets)
        {
            if (ticket.Deadline <= now)
            {
                Do(new MachineAction.Answer(ticket.Id, answer));
            }
        }

        component.Tickets.RemoveAll(ticket => ticket.Deadline <= now);
        foreach (Ticket ticket in component.Tickets)
        {
            WatchDeadline(component, ticket.Deadline);
        }
    }

    private Snapshot LastKnownAtDeadline(ServedComponent component)
    {
        Snapshot known = component.Published.ReadAt(now);
        bool isOld =
            known is { State: HealthState.Ok, IsError: false, IsDictated: false }
            && known.Evidence != 0
            && now - known.Ended > component.OverdueAfter;
        return isOld
            ? known.OnError.Serve(
                known with
                {
                    State = HealthState.Error,
                    Reason = $"no result in {Units.Text(now - known.Ended)}",
                    ErrorSince = known.Ended + component.OverdueAfter,
                },
                known,
                now
            )
            : known;
    }

    private void WatchDeadline(ServedComponent component, Instant deadline)
    {
        if (deadline < component.DeadlineTimer)
        {
            component.DeadlineTimer = deadline;
            timers.Set(deadline, MachineTimer.ResponseDeadline, component);
        }
    }

    private void Hold(Latch latch, long sequence)
    {
        if (!IsDurable)
        {
            return;
        }

        AwaitStored(latch, sequence);
        // A rewritten one has been published, or its hold has ended.
        if (latch.HasWaited || !latch.IsAuthorised || isInstalling)
        {
            return;
        }

        latch.HasWaited = true;

        foreach (string name in latch.Components)
        {
            if (components.TryGetValue(name, out ServedComponent? component) && WouldTurnFail(component))
            {
                PublishHold hold = component.Hold ?? new(now + PublishHoldLimit);
                if (hold.Until > now)
                {
                    component.Hold = hold;
                    hold.Writes.Add(sequence);
                    timers.Set(hold.Until, MachineTimer.PublishHold, component);
                }
            }
        }
    }

    private bool WouldTurnFail(ServedComponent component) =>
        component.IsLatched && component.Published.IsKnown && component.Published.ReadAt(now).State != HealthState.Fail;

    private void EndHolds(ServedComponent component)
    {
        // Its end stays known until it is published: a latch that begins at the same moment does not hold it for longer.
        if (component.Hold is { } hold && hold.Until <= now)
        {
            hold.Writes.Clear();
        }

        MarkChanged(component);
    }

    private void WatchStale(ServedComponent component)
    {
        // Beneath an override it grows too old, too; the override has a timer of its own. What a window has served ends by itself.
        Snapshot published = component.Published.Overridden?.Beneath ?? component.Published;
        Instant until = Instant.Min(published.FreshUntil, published.WithoutMaintenance.FreshUntil);
        if (until >= now && until != Instant.Never && until < component.StaleTimer)
        {
            component.StaleTimer = until;
            timers.Set(until + TimeSpan.FromTicks(1), MachineTimer.Stale, component);
        }
    }

    // Growing too old is a change that no observation brings.
    private void ReportStale(ServedComponent component, Instant at)
    {
        if (component.IsRetired || component.StaleTimer + TimeSpan.FromTicks(1) != at)
        {
            return;
        }

        component.StaleTimer = Instant.Never;
        WatchStale(component);
        MarkChanged(component);
    }
}
