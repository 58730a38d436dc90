namespace Failover;

/// <summary>The new graph, computed from descriptions alone, and which node takes over the state of which. Made while others use the
/// machine; installing it takes moments.</summary>
internal sealed class GraphPlan
{
    private readonly Matching<Vertex> matches;

    // By the order of the vertices.
    private readonly bool[] unchanged;

    private GraphPlan(Graph from, Graph to)
    {
        (From, To) = (from, to);
        PreviousItem<Vertex>[] priors =
        [
            .. from.Vertices.Select(vertex => new PreviousItem<Vertex>(vertex.Key, vertex.Task.KindName, vertex)),
        ];
        matches = Matching<Vertex>.Of(to, priors, vertex => vertex.Fingerprint);
        unchanged = new bool[to.Vertices.Count];
        foreach (Vertex vertex in to.Vertices)
        {
            unchanged[vertex.Order] =
                Before(vertex) is { } before && AreUnchangedBelow(vertex, before) && vertex.IsDescribedAs(before);
            if (Before(vertex) is null)
            {
                FreshKeys.Add(vertex.Key);
            }
        }
    }

    public Graph From { get; }

    public Graph To { get; }

    /// <summary>The keys of vertices that start in their initial state.</summary>
    public HashSet<string> FreshKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>Works it out. Pure; reads what never changes.</summary>
    public static GraphPlan Between(
        Graph from,
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        // The root of a component has its place there, in whichever components it is used besides.
        ComponentDescription[] all = [.. descriptions];
        Dictionary<HealthTask, string> roots = new(all.Length, ReferenceEqualityComparer.Instance);
        foreach (ComponentDescription description in all)
        {
            if (!description.IsAlias)
            {
                roots.TryAdd(description.Task, description.Name);
            }
        }

        Graph to = new(names, roots, all.Length, all.Sum(description => SizeOf(description.Task)));
        foreach (ComponentDescription description in all)
        {
            to.Add(description);
        }

        to.Complete();
        return new(from, to);
    }

    /// <summary>The previous vertex whose state a vertex takes over; null where it starts in its initial state.</summary>
    public Vertex? Before(Vertex vertex) => matches[vertex]?.Value;

    /// <summary>Whether a vertex is unchanged, with everything below it.</summary>
    public bool IsUnchanged(Vertex vertex) => unchanged[vertex.Order];

    // What several share is counted several times, up to a bound.
    private static int SizeOf(HealthTask task)
    {
        int size = 1;
        foreach (HealthTask child in task.Children)
        {
            size += child.Children.IsEmpty ? 1 : SizeOf(child);
            if (size > 100)
            {
                break;
            }
        }

        return size;
    }

    private bool AreUnchangedBelow(Vertex vertex, Vertex before)
    {
        if (vertex.Children.Length != before.Children.Length)
        {
            return false;
        }

        for (int i = 0; i < vertex.Children.Length; i++)
        {
            Vertex child = vertex.Children[i];
            if (!IsUnchanged(child) || Before(child) != before.Children[i])
            {
                return false;
            }
        }

        return true;
    }
}
