namespace Failover;

// Guards: while too many components of a group fail at once, moves to fail are delayed.
internal sealed partial class HealthMachine
{
    private readonly Dictionary<string, GuardGroup> guards = new(StringComparer.Ordinal);

    // By toggle: the guard of all components that use it; null where they have none, or not the same one.
    private readonly Dictionary<Node, GuardGroup?> guardOf = [];

    // Those of which something has changed since they were judged last.
    private readonly HashSet<GuardGroup> touchedGuards = [];

    // Toggles that wait no longer, for as long as they latch.
    private bool isLatchingHeld;

    /// <summary>The guards of the components that are served.</summary>
    public IReadOnlyCollection<GuardGroup> Guards => guards.Values;

    /// <summary>A person has looked: moves to fail are delayed no longer while this guard is tripped.</summary>
    /// <returns>Whether they were.</returns>
    public bool ReleaseGuard(string name, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (guards.GetValueOrDefault(name) is not { HoldsUntil: not null } guard)
        {
            return false;
        }

        EndDelay(guard, GuardStep.Released);
        Settle();
        return true;
    }

    // Other components are served, or other guards.
    private void GroupByGuard()
    {
        guardOf.Clear();
        foreach (GuardGroup guard in guards.Values)
        {
            guard.Members.Clear();
        }

        foreach (ServedComponent component in components.Values)
        {
            component.Guard = null;
            if (component.Description.Guard is { } description)
            {
                if (!guards.TryGetValue(description.Name, out GuardGroup? guard))
                {
                    guards.Add(description.Name, guard = new(description));
                }

                guard.Guard = description;
                guard.Members.Add(component);
                component.Guard = guard;
            }
        }

        Node[] held = [.. guards.Values.SelectMany(guard => guard.Held)];
        foreach (GuardGroup guard in guards.Values.ToArray())
        {
            guard.Failing.IntersectWith(guard.Members);
            guard.Held.Clear();
            touchedGuards.Add(guard);
            WatchGuard(guard);
        }

        // One that has no guard now latches when it is judged next: a reload makes no latch.
        foreach (Node toggle in held.Where(node => !node.IsRetired && node.Latch is null))
        {
            GuardOf(toggle)?.Held.Add(toggle);
        }
    }

    // Whether a toggle may not latch before it is known how many of its group fail.
    private bool MustWait(Node toggle, Step<object> step)
    {
        if (guards.Count == 0 || toggle.Combinator!.LatchSides is null || GuardOf(toggle) is not { } guard)
        {
            return false;
        }

        if (isLatchingHeld || !toggle.Combinator.IsLatch(step.State))
        {
            guard.Held.Remove(toggle);
            return false;
        }

        guard.Held.Add(toggle);
        touchedGuards.Add(guard);
        return true;
    }

    private GuardGroup? GuardOf(Node toggle)
    {
        if (!guardOf.TryGetValue(toggle, out GuardGroup? guard))
        {
            GuardGroup?[] above = [.. ComponentsAbove(toggle).Select(name => components[name].Guard).Distinct()];
            guard = above.Length == 1 ? above[0] : null;
            guardOf.Add(toggle, guard);
        }

        return guard;
    }

    // Before anything of what has changed is persisted or published.
    private void SettleGuards()
    {
        foreach (GuardGroup guard in guards.Values)
        {
            EndGuardDelay(guard);
        }

        CountFailing();
        while (touchedGuards.Count > 0)
        {
            GuardGroup guard = touchedGuards.First();
            touchedGuards.Remove(guard);
            Settle(guard);
            // A latch may turn others to ok, below a not.
            CountFailing();
        }
    }

    private void CountFailing()
    {
        if (guards.Count == 0)
        {
            return;
        }

        foreach (ServedComponent component in touched)
        {
            if (component.Guard is { } guard && !component.IsRetired)
            {
                bool hasChanged = IsFailing(component) ? guard.Failing.Add(component) : guard.Failing.Remove(component);
                if (hasChanged)
                {
                    touchedGuards.Add(guard);
                }
            }
        }
    }

    private void Settle(GuardGroup guard)
    {
        if (guard.IsExceeded && guard.TrippedSince is null)
        {
            guard.TrippedSince = now;
            WatchGuard(guard);
            Tell(guard, GuardStep.Tripped);
        }
        else if (!guard.IsExceeded && guard.TrippedSince is not null)
        {
            guard.TrippedSince = null;
            // Errors were counted only for as long as it was tripped.
            guard.Failing.RemoveWhere(member => !IsFailing(member));
            EndDelay(guard, GuardStep.Over);
            guard.IsReleased = false;
        }

        if (guard.HoldsUntil is null)
        {
            LatchHeld(guard);
        }

        if (guard.Members.Count == 0)
        {
            guards.Remove(guard.Guard.Name);
        }
    }

    // A state that is carried over was judged before. An error says nothing of a target that has failed: it does not end the delay of
    // the others.
    private bool IsFailing(ServedComponent component)
    {
        if (component.IsLatched || component.Carried?.Snapshot is { IsGuarded: true } or { State: HealthState.Fail })
        {
            return true;
        }

        Snapshot judged = Judged(component);
        return judged.State == HealthState.Error
            ? component.Guard is { TrippedSince: not null } guard && guard.Failing.Contains(component)
            : judged is { State: HealthState.Fail, IsKnown: true, Evidence: not 0 };
    }

    // By what was seen of their targets meanwhile; outer ones after those below.
    private void LatchHeld(GuardGroup guard)
    {
        if (isInstalling)
        {
            guard.Held.Clear();
            return;
        }

        isLatchingHeld = true;
        while (guard.Held.MinBy(node => node.Vertex.Order) is { } toggle)
        {
            guard.Held.Remove(toggle);
            Observation?[] seen = new Observation?[toggle.Vertex.Children.Length];
            for (int i = 0; i < seen.Length; i++)
            {
                Node child = toggle.Child(i);
                seen[i] = child.IsEvaluatedInBackground || toggle.Evaluates(i) ? child.Shown.ReadAt(now) : null;
            }

            Judge(toggle, seen);
            ReevaluateAncestors(toggle, passesLoops: true);
        }

        isLatchingHeld = false;
    }

    private void WatchGuard(GuardGroup guard)
    {
        if (guard.HoldsUntil is { } until)
        {
            timers.Set(until, MachineTimer.GuardExpiry, guard);
        }
    }

    private void EndGuardDelay(GuardGroup guard)
    {
        if (guard.HoldsUntil is { } until && until <= now)
        {
            EndDelay(guard, GuardStep.Expired);
        }
    }

    private void EndDelay(GuardGroup guard, GuardStep step)
    {
        guard.IsReleased = true;
        touchedGuards.Add(guard);
        foreach (ServedComponent member in guard.Members.Where(member => member.Published.WithoutOverride.IsGuarded))
        {
            MarkChanged(member);
        }

        Tell(guard, step);
    }

    private void Tell(GuardGroup guard, GuardStep step)
    {
        Do(
            new MachineAction.Event(
                new GuardChange(
                    guard.Guard.Name,
                    step,
                    guard.Failing.Count,
                    guard.Members.Count,
                    guard.MostFailing,
                    guard.Guard.MaxDelay
                )
            )
        );
        TellOf(SubjectOf(guard), step == GuardStep.Over ? null : TroubleOf(guard));
    }

    // A component that was served as ok stays ok for as long as its guard delays moves to fail.
    private Snapshot Guarded(ServedComponent component, Snapshot judged)
    {
        Snapshot served = component.Published.WithoutOverride.ReadAt(now);
        bool isDelayed =
            component.Guard is { HoldsUntil: not null }
            && served is { IsKnown: true, State: HealthState.Ok }
            && (
                served.IsGuarded
                    ? judged.State != HealthState.Ok
                    // Before the start, an initial state is published where the process before has served fail.
                    : judged.State == HealthState.Fail && component.LastDefinite is { State: HealthState.Ok }
            );
        return isDelayed ? judged.DelayedBy(component.Guard!.Guard.Name, component.Guard.HoldsUntil!.Value) : judged;
    }
}
