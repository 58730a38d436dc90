namespace Failover;

/// <summary>The new graph, computed from descriptions alone, and which node takes over the state of which. Made while others use the
/// machine; installing it takes moments.</summary>
internal sealed class GraphPlan
{
    private GraphPlan(
        Graph from,
        Graph to,
        Dictionary<Vertex, PreviousItem<Vertex>> matches,
        HashSet<Vertex> unchanged
    ) => (From, To, Matches, Unchanged) = (from, to, matches, unchanged);

    public Graph From { get; }

    public Graph To { get; }

    /// <summary>The previous vertex whose state a vertex takes over; a vertex that is not listed starts in its initial state.</summary>
    public Dictionary<Vertex, PreviousItem<Vertex>> Matches { get; }

    /// <summary>Vertices that are unchanged, including everything below them.</summary>
    public HashSet<Vertex> Unchanged { get; }

    /// <summary>Works it out. Pure; reads what never changes.</summary>
    public static GraphPlan Between(
        Graph from,
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        // The root of a component has its place there, in whichever components it is used besides.
        Dictionary<HealthTask, string> roots = new(ReferenceEqualityComparer.Instance);
        descriptions = [.. descriptions];
        foreach (ComponentDescription description in descriptions.Where(description => !description.IsAlias))
        {
            roots.TryAdd(description.Task, description.Name);
        }

        Graph to = new(names, roots);
        foreach (ComponentDescription description in descriptions)
        {
            to.Add(description);
        }

        PreviousItem<Vertex>[] priors =
        [
            .. from.Vertices.Select(vertex => new PreviousItem<Vertex>(
                vertex.Key,
                vertex.Task.KindName,
                vertex.Fingerprint,
                vertex
            )),
        ];
        Dictionary<Vertex, PreviousItem<Vertex>> matches = Matching.Match(to, priors);
        HashSet<Vertex> unchanged = [];
        foreach (Vertex vertex in to.Vertices)
        {
            if (
                matches.TryGetValue(vertex, out PreviousItem<Vertex>? before)
                && before.Fingerprint == vertex.Fingerprint
                && vertex
                    .Children.Select(child => unchanged.Contains(child) ? matches[child].Value : null)
                    .SequenceEqual(before.Value.Children)
            )
            {
                unchanged.Add(vertex);
            }
        }

        return new(from, to, matches, unchanged);
    }
}
