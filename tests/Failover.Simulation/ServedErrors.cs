namespace Failover.Simulation;

/// <summary>What must hold of errors: each component serves them as its description says, and holds a state for a limited time
/// only.</summary>
internal sealed class ServedErrors(World world)
{
    private readonly Dictionary<string, HealthState> lastDefinite = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instant> since = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ErrorHandling?> handledBefore = new(StringComparer.Ordinal);

    public void Before()
    {
        handledBefore.Clear();
        foreach (ServedComponent component in world.Machine.Components.Where(one => Served(one).IsError))
        {
            handledBefore.Add(component.Name, component.Description.OnError);
        }
    }

    public void Published(ServedComponent component, Snapshot snapshot)
    {
        if (
            snapshot is { IsKnown: true, HandledError: not null, OnError.How: OnError.Hold }
            && lastDefinite.TryGetValue(component.Name, out HealthState definite)
            && snapshot.State != definite
        )
        {
            throw new InvariantViolation(
                "on_error",
                $"/{component.Name} served {definite} last and holds {snapshot.State}"
            );
        }

        if (snapshot is { IsKnown: true, State: not HealthState.Error })
        {
            // What a guard holds was judged fail.
            lastDefinite[component.Name] = snapshot.AsJudged.State;
        }
    }

    /// <summary>A state that is carried over ends a run of errors, however short it is served.</summary>
    public void Reloaded()
    {
        foreach (ServedComponent component in world.Machine.Components.Where(one => !Served(one).IsError))
        {
            since.Remove(component.Name);
        }
    }

    public void Always()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            Snapshot served = Served(component);
            if (!served.IsError)
            {
                since.Remove(component.Name);
                continue;
            }

            since.TryAdd(component.Name, world.Now);
            ErrorHandling handling = component.Description.OnError ?? ErrorHandling.None;
            bool isRight = handling.How switch
            {
                OnError.Error => served.State == HealthState.Error,
                OnError.Fail => served.State == HealthState.Fail,
                OnError.Hold => served.State == HealthState.Error
                    || world.Now - since[component.Name] <= handling.HoldsFor,
                _ => false,
            };
            // What was served before a reload is carried over, and a latch that is being stored holds up what is published.
            // An error of before stays published until the first result of another description that names no state.
            bool isOfBefore =
                component.Carried is not null
                || component.Hold is not null
                || component.Published.Ended < component.DescribedSince;
            if (!isRight && !isOfBefore)
            {
                throw new InvariantViolation(
                    "on_error",
                    $"/{component.Name} serves an error of {world.Now - since[component.Name]} as {served.State}, and should as {handling}"
                );
            }
        }
    }

    /// <summary>Whether an error was served, and is served otherwise now because the description says so.</summary>
    public bool IsServedOtherwise(ServedComponent component) =>
        handledBefore.TryGetValue(component.Name, out ErrorHandling? before) && before != component.Description.OnError;

    public void Died()
    {
        lastDefinite.Clear();
        since.Clear();
    }

    private Snapshot Served(ServedComponent component) => world.Beneath(component);
}
