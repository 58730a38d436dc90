namespace Failover;

/// <summary>Something whose state a node of a new graph may take over: a node of the previous graph, or a stored node.</summary>
/// <typeparam name="T">The type of the state.</typeparam>
/// <param name="Key">Its previous path.</param>
/// <param name="Kind">The kind of its task; empty where that is not known.</param>
/// <param name="Fingerprint">Of its description; empty where that is not known.</param>
/// <param name="Value">The state.</param>
internal sealed record PreviousItem<T>(string Key, string Kind, string Fingerprint, T Value)
    where T : class;

/// <summary>Decides which node of a new graph takes over which previous state.</summary>
/// <remarks>By SPEC: the same name of its own or the same path, and the same kind; else the only equal description in its component;
/// and the nodes below a matched node, by their path below it.</remarks>
internal static class Matching
{
    /// <summary>Finds them. Pure, and linear in the size of both.</summary>
    public static Dictionary<Vertex, PreviousItem<T>> Match<T>(Graph graph, IReadOnlyCollection<PreviousItem<T>> priors)
        where T : class
    {
        Dictionary<string, PreviousItem<T>> byKey = new(StringComparer.Ordinal);
        Dictionary<(string Owner, string Fingerprint), PreviousItem<T>?> unique = [];
        foreach (PreviousItem<T> prior in priors)
        {
            byKey[prior.Key] = prior;
            Count(unique, (Vertex.OwnerOf(prior.Key), prior.Fingerprint), prior);
        }

        Dictionary<(string Owner, string Fingerprint), Vertex?> uniqueNow = [];
        foreach (Vertex vertex in graph.Vertices)
        {
            Count(uniqueNow, (vertex.Owner, vertex.Fingerprint), vertex);
        }

        Dictionary<Vertex, PreviousItem<T>> matches = [];
        HashSet<PreviousItem<T>> taken = new(ReferenceEqualityComparer.Instance);
        // Paths first: a node at its previous path keeps its state even if an equal description is elsewhere.
        foreach (Vertex vertex in graph.Vertices)
        {
            Take(vertex, byKey.GetValueOrDefault(vertex.Key), isPlace: true);
        }

        for (int i = graph.Vertices.Count - 1; i >= 0; i--)
        {
            Vertex vertex = graph.Vertices[i];
            var description = (vertex.Owner, vertex.Fingerprint);
            if (!matches.ContainsKey(vertex) && uniqueNow[description] is not null)
            {
                Take(vertex, unique.GetValueOrDefault(description), isPlace: false);
            }

            // The nodes below a moved node have moved with it.
            if (matches.TryGetValue(vertex, out PreviousItem<T>? moved) && moved.Key != vertex.Key)
            {
                for (int child = 0; child < vertex.Children.Length; child++)
                {
                    string key = Vertex.Below(moved.Key, vertex.Task.ChildName(child));
                    Take(vertex.Children[child], byKey.GetValueOrDefault(key), isPlace: true);
                }
            }
        }

        return matches;

        void Take(Vertex vertex, PreviousItem<T>? prior, bool isPlace)
        {
            bool isOfItsKind = prior?.Kind == vertex.Task.KindName || (isPlace && prior?.Kind.Length == 0);
            if (prior is not null && isOfItsKind && !matches.ContainsKey(vertex) && taken.Add(prior))
            {
                matches.Add(vertex, prior);
            }
        }
    }

    // Null means several.
    private static void Count<TKey, TValue>(Dictionary<TKey, TValue?> unique, TKey key, TValue value)
        where TKey : notnull
        where TValue : class
    {
        if (!unique.TryAdd(key, value))
        {
            unique[key] = null;
        }
    }
}
