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

        HashSet<Node> all = [.. fresh];
        HashSet<Node> others = [.. fresh.Where(node => !standing.Contains(node))];
        foreach (
            Vertex parent in fresh.SelectMany(node => node.Vertex.Parents).Distinct().OrderBy(vertex => vertex.Order)
        )
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

    private HealthState? PreviousStateAt(Node node, Dictionary<string, HealthState> placesBefore)
    {
        if (placesBefore.TryGetValue(node.Vertex.Key, out HealthState state))
        {
            return state;
        }

        return ComponentsAbove(node)
            .Select(name => components[name])
            .Select(component => component.Carried?.Snapshot ?? component.LastDefinite)
            .FirstOrDefault(definite => definite is not null)
            ?.State;
    }
}
