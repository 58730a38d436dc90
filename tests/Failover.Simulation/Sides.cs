namespace Failover.Simulation;

/// <summary>The nodes of components, as the invariants see them.</summary>
internal sealed class Sides
{
    private readonly Dictionary<Node, Node[]> settingSides = [];

    /// <summary>Forgets what is known: other descriptions are served.</summary>
    public void Clear() => settingSides.Clear();

    /// <summary>The nodes that can set a latch of a component: all but those in the ways back of its toggles.</summary>
    public Node[] SettingSide(ServedComponent component)
    {
        if (!settingSides.TryGetValue(component.Root, out Node[]? nodes))
        {
            settingSides.Add(component.Root, nodes = [.. Below(component.Root, withWaysBack: false)]);
        }

        return nodes;
    }

    /// <summary>A node and all below it.</summary>
    public static IEnumerable<Node> SettingAndReleasing(Node node) => Below(node, withWaysBack: true);

    private static IEnumerable<Node> Below(Node node, bool withWaysBack)
    {
        HashSet<Node> visited = [];
        Stack<Node> rest = new([node]);
        while (rest.TryPop(out Node? next))
        {
            if (visited.Add(next))
            {
                yield return next;
                for (int i = 0; i < next.Vertex.Children.Length; i++)
                {
                    if (withWaysBack || next.Combinator?.LatchSides?.ReleasedBy != i)
                    {
                        rest.Push(next.Child(i));
                    }
                }
            }
        }
    }
}
