namespace Failover.Simulation;

/// <summary>What must hold of guards: counted and timed from outside.</summary>
internal sealed class GuardInvariants(World world)
{
    // Since when more components fail than the guard allows; null where they do not.
    private Instant? exceededSince;

    public void Died() => exceededSince = null;

    /// <summary>How many fail now.</summary>
    public void Count()
    {
        int failing = world
            .Machine.Components.Where(component => component.Description.Guard is not null)
            .Count(IsFailing);
        exceededSince = failing > ComponentTree.TheGuard.MaxFailing ? exceededSince ?? world.Now : null;
    }

    public void Always()
    {
        Guard guard = ComponentTree.TheGuard;
        Count();
        foreach (ServedComponent component in world.Machine.Components)
        {
            Snapshot served = component.Published.ReadAt(world.Now);
            // A latch that is being stored holds up what is published.
            if (!served.IsGuarded || served.State != HealthState.Ok || component.Hold is not null)
            {
                continue;
            }

            if (component.Description.Guard is null || exceededSince is not { } since)
            {
                throw new InvariantViolation("guard", $"/{component.Name} is held ok, and its guard is not tripped");
            }

            if (world.Now - since > guard.MaxDelay)
            {
                throw new InvariantViolation("guard", $"/{component.Name} is held ok since {world.Now - since}");
            }

            if (component.IsLatched)
            {
                throw new InvariantViolation("guard", $"/{component.Name} is held ok, and is latched");
            }
        }
    }

    private bool IsFailing(ServedComponent component) =>
        component.IsLatched
        || component.Carried?.Snapshot is { IsGuarded: true } or { State: HealthState.Fail }
        || (
            component.Carried is null
            && !component.IsOverdue
            && component.Root.Shown.ReadAt(world.Now) is { State: HealthState.Fail, IsEvidence: true }
        )
        // An error does not say that it is up again.
        || (failing.Contains(component) && exceededSince is not null && world.JudgedState(component) == HealthState.Error);
}
