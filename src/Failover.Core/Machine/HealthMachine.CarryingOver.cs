namespace Failover;

// The state that a component served before a change of its description, or before a restart, is served until there is new evidence.
internal sealed partial class HealthMachine
{
    // By check: the components that carry a state over until it has given a definite result.
    private readonly Dictionary<Node, HashSet<ServedComponent>> awaiting = [];

    private Snapshot? DefiniteOf(ServedComponent component)
    {
        // What an override serves says nothing of the target.
        Snapshot published = component.Published.WithoutOverride;
        return published.ReadAt(now) is { IsKnown: true, State: not HealthState.Error }
            ? published
            : component.LastDefinite;
    }

    // Carries a state over until every check on which it depends has given a definite result since: an ok for as long as it would have been
    // believed, a fail for as long as that takes.
    private void CarryOver(ServedComponent component, Snapshot? definite)
    {
        EndCarry(component);
        component.Carried = definite switch
        {
            null => null,
            { State: HealthState.Fail } => new(definite with { FreshUntil = Instant.Never }, now),
            _ => new(definite, now),
        };
    }

    // Once the nodes below have begun.
    private void AwaitChecks(ServedComponent component)
    {
        if (component.Carried is not { } carried)
        {
            return;
        }

        bool isProbed = AllBelow(component.Root).Any(node => node.Combinator is null or { Turns: not null });
        if (
            !Active(component.Root).Any(node => node.Vertex.Task.IsObserver)
            || (!isProbed && component.Root.Shown.ReadAt(now).State == carried.Snapshot.State)
        )
        {
            // Its state depends on nothing that is observed, or on heartbeats alone that come to the same.
            EndCarry(component);
            return;
        }

        // An ok that had no bound lasts as long as an initial state does.
        if (
            carried.Snapshot.State == HealthState.Ok
            && carried.Snapshot.FreshUntil == Instant.Never
            && component.Root.IsEvaluatedInBackground
        )
        {
            TimeSpan bound = AllBelow(component.Root).Max(node => node.Combinator?.StaleBound) ?? TimeSpan.Zero;
            carried.Snapshot = carried.Snapshot with { FreshUntil = now + bound };
        }

        foreach (Node check in AllBelow(component.Root).Where(node => node.Vertex.Task.IsObserver))
        {
            if (!awaiting.TryGetValue(check, out HashSet<ServedComponent>? by))
            {
                awaiting.Add(check, by = []);
            }

            if (by.Add(component))
            {
                carried.Awaited.Add(check);
            }
        }
    }

    private void EndCarry(ServedComponent component)
    {
        if (component.Carried is not { } carried)
        {
            return;
        }

        component.Carried = null;
        foreach (Node check in carried.Awaited)
        {
            HashSet<ServedComponent> by = awaiting[check];
            by.Remove(component);
            if (by.Count == 0)
            {
                awaiting.Remove(check);
            }
        }
    }

    private void RecordDefinite(Node check, HealthState seen, Instant started)
    {
        if (seen == HealthState.Error || !awaiting.TryGetValue(check, out HashSet<ServedComponent>? by))
        {
            return;
        }

        foreach (CarriedState carried in by.Select(component => component.Carried!))
        {
            if (started >= carried.Since)
            {
                carried.Definite.Add(check);
            }
        }
    }

    // On which checks a state depends may change with each move of a toggle, and with each result below logic. A check that was probed for
    // another component is not judged for this one yet.
    private void EndCarryOnceJudged(ServedComponent component)
    {
        if (
            component.Carried is { } carried
            && !isInstalling
            && (!HasNoNews(carried) || component.Root.Shown.ReadAt(now).State == carried.Snapshot.State)
            && IsDefinite(component.Root, carried, [])
        )
        {
            EndCarry(component);
        }
    }

    // What was reported to heartbeats before counts with the first evidence after the change: the next report may be far off.
    private static bool HasNoNews(CarriedState carried) =>
        carried.Definite.Count == 0 && carried.Awaited.Exists(node => node.Combinator is not null);

    // Whether what a node shows rests on definite results since the change.
    private bool IsDefinite(Node node, CarriedState carried, Dictionary<Node, bool> known)
    {
        if (node.Combinator is not { } combinator)
        {
            return carried.Definite.Contains(node);
        }

        if (!known.TryGetValue(node, out bool isDefinite))
        {
            Observation?[] definite =
            [
                .. node.Vertex.Children.Select(
                    (child, index) =>
                        node.Evaluates(index) && IsDefinite(child.Node, carried, known)
                            ? child.Node.Shown.ReadAt(now)
                            : null
                ),
            ];
            isDefinite =
                combinator.IsDecidedBy(node.State, definite)
                // No result within the limit is a result of its own.
                || (
                    combinator.EvaluationLimit is not null
                    && node.Shown.IsTimeout
                    && node.Shown.Started >= carried.Since
                );
            known.Add(node, isDefinite);
        }

        return isDefinite;
    }
}
