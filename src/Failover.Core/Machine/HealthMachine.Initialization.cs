namespace Failover;

// What new nodes begin with.
internal sealed partial class HealthMachine
{
    // New nodes begin, children first, in the state that the previous node at their path showed.
    private void BeginAll(List<Node> fresh, Dictionary<string, HealthState>? placesBefore = null)
    {
        HashSet<Node> standing = [];
        foreach (Node node in fresh)
        {
            if (node.Combinator is { } combinator)
            {
                HealthState? shown = placesBefore is null ? null : PreviousStateAt(node, placesBefore);
                Begin(node, combinator, shown, standing);
                dirty.Add(node);
            }
        }

        RestartActiveChildren(fresh, standing);
        foreach (Node node in fresh)
        {
            ShowWithoutEvidence(node);
        }
    }

    // Records the nodes that take a state that was served before.
    private void Begin(Node node, Combinator combinator, HealthState? shown, HashSet<Node> standing)
    {
        node.State = shown is { } state
            ? combinator.CreateStateShowing(state, now)
            : combinator.CreateUntypedState(now);
        if (shown is not null)
        {
            standing.Add(node);
        }
    }

    // A new node on the side of a toggle begins in the toggle's state, as after a move; but below a toggle at ok, a node with a
    // carried over state keeps it: a target that is down stays at fail without another full threshold.
    private void RestartActiveChildren(List<Node> fresh, HashSet<Node> standing)
    {
        if (fresh.Count == 0)
        {
            return;
        }

        // Only toggles have a state for them, and most files have few.
        HashSet<Vertex> parents = [];
        foreach (Node node in fresh)
        {
            foreach (Vertex parent in node.Vertex.Parents)
            {
                if (parent.Combinator?.ChildStateOnRestart(parent.Node.State) is not null)
                {
                    parents.Add(parent);
                }
            }
        }

        if (parents.Count == 0)
        {
            return;
        }

        HashSet<Node> all = [.. fresh];
        HashSet<Node> others = [.. fresh.Where(node => !standing.Contains(node))];
        foreach (Vertex parent in parents.OrderBy(vertex => vertex.Order))
        {
            Node node = parent.Node;
            if (node.Combinator?.ChildStateOnRestart(node.State) is not { } state)
            {
                continue;
            }

            HashSet<Node> only = state == HealthState.Fail ? all : others;

            for (int i = 0; i < parent.Children.Length; i++)
            {
                if (node.Evaluates(i) && only.Contains(node.Child(i)))
                {
                    Restart(node, node.Child(i), state, only);
                }
            }
        }
    }

    // What was shown where new nodes begin.
    private Dictionary<string, HealthState> PlacesBefore(GraphPlan plan)
    {
        Dictionary<string, HealthState> places = new(StringComparer.Ordinal);
        if (plan.FreshKeys.Count == 0)
        {
            return places;
        }

        foreach (Vertex vertex in graph.Vertices)
        {
            if (
                vertex.Combinator is not null
                && plan.FreshKeys.Contains(vertex.Key)
                && vertex.Node.Shown.ReadAt(now).State is not HealthState.Error and var state
            )
            {
                places[vertex.Key] = state;
            }
        }

        return places;
    }

    private HealthState? PreviousStateAt(Node node, Dictionary<string, HealthState> placesBefore)
    {
        if (placesBefore.TryGetValue(node.Vertex.Key, out HealthState state))
        {
            return state;
        }

        return StandingAt(node, component => component.Carried?.Snapshot ?? component.LastDefinite);
    }

    // The state in which a node begins where a component above it served one.
    private HealthState? StandingAt(Node node, Func<ServedComponent, Snapshot?> definite)
    {
        foreach (string name in ComponentsAbove(node))
        {
            ServedComponent component = components[name];
            if (definite(component)?.State is { } served)
            {
                return Below(component.Root.Vertex, node.Vertex, served, []);
            }
        }

        return null;

        // Along one of the ways down.
        static HealthState? Below(Vertex root, Vertex vertex, HealthState served, HashSet<Vertex> visited)
        {
            if (vertex == root)
            {
                return served;
            }

            foreach (Vertex parent in vertex.Parents.Where(visited.Add))
            {
                if (Below(root, parent, served, visited) is { } standing)
                {
                    return parent.Combinator!.StandingBelow(standing);
                }
            }

            return null;
        }
    }
}
