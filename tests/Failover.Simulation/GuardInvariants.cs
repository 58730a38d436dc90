namespace Failover.Simulation;

/// <summary>What must hold of guards: counted and timed from outside.</summary>
internal sealed class GuardInvariants(World world)
{
    // Since when more components fail than the guard allows; null where they do not.
    private Instant? exceededSince;

    // Before a step: since when the guard has been tripped, where it delays, and who was served as ok then.
    private Instant? delayingSince;
    private readonly HashSet<ServedComponent> okBefore = [];
    private readonly HashSet<Latch> latchesBefore = [];
    private readonly HashSet<ServedComponent> sawError = [];

    private static Guard TheGuard => ComponentTree.TheGuard;

    private GuardGroup? Group => world.Machine.Guards.Count == 0 ? null : world.Machine.Guards.Single();

    public void Before()
    {
        sawError.Clear();
        if (Group is null)
        {
            delayingSince = null;
            return;
        }

        delayingSince = Group is { HoldsUntil: not null } group ? group.TrippedSince : null;
        okBefore.Clear();
        okBefore.UnionWith(Members().Where(component => world.Beneath(component).State == HealthState.Ok));
        latchesBefore.Clear();
        latchesBefore.UnionWith(world.Machine.Latches);
    }

    /// <summary>Other descriptions are served, and nothing has been probed since.</summary>
    public void Reloaded()
    {
        Count();
        // What they are served as is for the reload to decide.
        delayingSince = null;
    }

    public void Published(ServedComponent component, Snapshot snapshot)
    {
        if (Group is null)
        {
            return;
        }

        // Within a step, so many may have recovered, and fail again.
        Count();
        if (snapshot.IsError)
        {
            sawError.Add(component);
        }
    }

    /// <summary>Latches that end within an input, and others that begin, are not seen one after the other: it may have been over between.</summary>
    public void HandedOver(MachineAction action)
    {
        bool hasEnded =
            action is MachineAction.Persist persist
            && persist.Write.Latches.Any(latch =>
                latch.State == HealthState.Ok
                && latch.Components.Any(name => world.Machine.Find(name)?.Description.Guard is not null)
            );
        if (hasEnded && Group is not null)
        {
            exceededSince = null;
            Count();
        }
    }

    public void Died()
    {
        exceededSince = null;
        delayingSince = null;
    }

    public void Always()
    {
        if (Group is null)
        {
            exceededSince = null;
            HoldsNothing();
            return;
        }

        Count();
        foreach (ServedComponent component in world.Machine.Components)
        {
            Snapshot served = world.Beneath(component);
            // A latch that is being stored holds up what is published.
            if (served.IsGuarded && component.Hold is null)
            {
                IsHeldRightly(component);
            }
        }
    }

    /// <summary>After a step in which the guard has delayed moves all the time.</summary>
    public void After()
    {
        if (
            delayingSince is null
            || Group is not { HoldsUntil: { } until } group
            || group.TrippedSince != delayingSince
        )
        {
            return;
        }

        HashSet<ServedComponent> members = [.. Members()];
        foreach (ServedComponent component in okBefore.Where(one => members.Contains(one) && !sawError.Contains(one)))
        {
            if (
                world.Now < until
                && world.Beneath(component) is { State: HealthState.Fail, IsError: false, IsLatched: false }
            )
            {
                throw new InvariantViolation(
                    "guard",
                    $"/{component.Name} was served ok and fails, and its guard delays"
                );
            }
        }

        if (
            world.Machine.Latches.FirstOrDefault(latch =>
                !latchesBefore.Contains(latch) && members.IsSupersetOf(latch.Components.Select(world.Machine.Find)!)
            ) is
            { } made
        )
        {
            throw new InvariantViolation("guard", $"{made.Key} latches, and its guard delays");
        }
    }

    private void HoldsNothing()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            if (component.Published.WithoutOverride.IsGuarded && component.Hold is null)
            {
                IsHeldRightly(component);
            }
        }
    }

    private void IsHeldRightly(ServedComponent component)
    {
        if (component.Description.Guard is null || exceededSince is not { } since)
        {
            throw new InvariantViolation("guard", $"/{component.Name} is held ok, and its guard is not tripped");
        }

        if (Group?.HoldsUntil is null)
        {
            throw new InvariantViolation("guard", $"/{component.Name} is held ok, and its guard delays nothing");
        }

        if (world.Now - since > TheGuard.MaxDelay)
        {
            throw new InvariantViolation("guard", $"/{component.Name} is held ok since {world.Now - since}");
        }

        if (component.IsLatched)
        {
            throw new InvariantViolation("guard", $"/{component.Name} is held ok, and is latched");
        }
    }

    private void Count() =>
        exceededSince = Members().Count(IsFailing) > TheGuard.MaxFailing ? exceededSince ?? world.Now : null;

    private IEnumerable<ServedComponent> Members() =>
        world.Machine.Components.Where(component => component.Description.Guard is not null);

    private bool IsFailing(ServedComponent component)
    {
        if (component.IsLatched || component.Carried?.Snapshot is { IsGuarded: true } or { State: HealthState.Fail })
        {
            return true;
        }

        Observation shown = component.Root.Shown.ReadAt(world.Now);
        return component.Carried is null
            && (
                component.IsOverdue || shown.State == HealthState.Error
                    // It had failed before, and maybe within a step: that is not seen from outside.
                    ? component.Guard!.Failing.Contains(component)
                    : shown is { State: HealthState.Fail, IsEvidence: true }
            );
    }
}
