namespace Failover;

/// <summary>Something that a node of a new graph may go on from: a node of the graph before, or what was stored of one.</summary>
/// <typeparam name="T">What is gone on from.</typeparam>
/// <param name="Key">Where it stood.</param>
/// <param name="Kind">The kind of its task; empty where that is not known.</param>
/// <param name="Fingerprint">Of its description; empty where that is not known.</param>
/// <param name="Value">What is gone on from.</param>
internal sealed record PreviousItem<T>(string Key, string Kind, string Fingerprint, T Value)
    where T : class;

/// <summary>Which node of a new graph goes on from what.</summary>
/// <remarks>By SPEC: the same name of its own or the same path, and the same kind; else the only equal description in its component;
/// and what stands below such a one, as it stood there.</remarks>
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
        // Places first: what stands where it stood is not taken away by an equal description elsewhere.
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

            // What stands below something that has moved has moved with it.
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

    // Null stands for several.
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
