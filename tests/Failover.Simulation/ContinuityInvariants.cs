namespace Failover.Simulation;

/// <summary>A reload and a restart do not change what is served; after a loss, what may have been latched is served fail.</summary>
internal sealed class ContinuityInvariants(World world, ServedErrors errors)
{
    private readonly Dictionary<string, HealthState> servedBefore = new(StringComparer.Ordinal);
    private readonly HashSet<string> guardedBefore = new(StringComparer.Ordinal);
    private HashSet<string> latchedBefore = new(StringComparer.Ordinal);
    private bool wasIdle;
    private bool isCorrupt;

    public void Before()
    {
        servedBefore.Clear();
        guardedBefore.Clear();
        latchedBefore =
        [
            .. world.Machine.Components.Where(component => component.IsLatched).Select(component => component.Name),
        ];
        wasIdle = world.Store.IsIdle;
        foreach (ServedComponent component in world.Machine.Components)
        {
            if (component.Published.WithoutOverride.IsKnown)
            {
                servedBefore[component.Name] = world.Beneath(component).State;
                if (component.Published.WithoutOverride.IsGuarded)
                {
                    guardedBefore.Add(component.Name);
                }
            }
        }
    }

    public void Died(Crash died) => isCorrupt = died.Remains == Remains.Corrupt;

    /// <param name="isYoung">Whether the process before was alive not long ago.</param>
    public void Started(bool isYoung)
    {
        if (isCorrupt)
        {
            foreach (ServedComponent component in world.Machine.Components)
            {
                bool mayHaveBeen =
                    SimpleJudgement.Latched(
                        component.Root.Vertex.Task,
                        task => task is Combinator { IsReleasedByFire: true }
                    ) == HealthState.Fail;
                if (mayHaveBeen && world.Beneath(component).State != HealthState.Fail)
                {
                    throw new InvariantViolation(
                        "loss",
                        $"/{component.Name} may have been latched and is served {world.Beneath(component).State}"
                    );
                }
            }
        }
        else if (isYoung && wasIdle && !world.Store.IsLost)
        {
            foreach (ServedComponent component in world.Machine.Components)
            {
                HealthState after = world.Beneath(component).State;
                if (
                    world.Store.Components.TryGetValue(component.Name, out StoredComponent? stored)
                    && component.Published.WithoutOverride.IsKnown
                    // A toggle with a name that it shares now may be latched.
                    && !component.IsLatched
                    && after != HealthState.Error
                    && after != stored.State
                    && DependsOnChecks(component)
                )
                {
                    throw new InvariantViolation(
                        "restart",
                        $"/{component.Name} was {stored.State} and is served {after}"
                    );
                }
            }
        }

        isCorrupt = false;
    }

    /// <summary>A reload was planned and rejected.</summary>
    public void Rejected()
    {
        if (world.Machine.HasActions)
        {
            throw new InvariantViolation("reload", "a rejected reload did something");
        }
    }

    /// <summary>Other descriptions are served, and nothing has been probed since.</summary>
    public void Reloaded()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            if (!servedBefore.TryGetValue(component.Name, out HealthState before))
            {
                continue;
            }

            if (
                before == HealthState.Error
                || errors.IsServedOtherwise(component)
                || guardedBefore.Contains(component.Name)
            )
            {
                continue;
            }

            HealthState after = world.Beneath(component).State;
            bool isLatchedNow = component.IsLatched && after == HealthState.Fail;
            if (after != before && !isLatchedNow && DependsOnChecks(component))
            {
                throw new InvariantViolation(
                    "reload",
                    $"/{component.Name} was served {before} and is served {after} after a reload"
                );
            }

            if (
                isLatchedNow
                && before == HealthState.Ok
                && !latchedBefore.Contains(component.Name)
                && component.Latches.All(latch => latch.Since == world.WallNow)
            )
            {
                throw new InvariantViolation("reload", $"/{component.Name} was latched by a reload");
            }
        }
    }

    // Below a not, latches may be all that a state depends on.
    private static bool DependsOnChecks(ServedComponent component)
    {
        Node[] wanted = [.. Wanted(component.Root)];
        return wanted.Any(node => node.Vertex.Task.IsObserver)
            && !(component.Latches.Length > 0 && wanted.Any(node => node.Vertex.Task is Not));
    }

    private static IEnumerable<Node> Wanted(Node node) =>
        node
            .Vertex.Children.SelectMany((_, index) => node.Evaluates(index) ? Wanted(node.Child(index)) : [])
            .Prepend(node);
}
