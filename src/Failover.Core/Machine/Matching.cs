namespace Failover;

/// <summary>Something whose state a node of a new graph may take over: a node of the previous graph, or a stored node.</summary>
/// <typeparam name="T">The type of the state.</typeparam>
/// <param name="Key">Its previous path.</param>
/// <param name="Kind">The kind of its task; empty where that is not known.</param>
/// <param name="Value">The state.</param>
internal readonly record struct PreviousItem<T>(string Key, string Kind, T Value)
    where T : class;

/// <summary>Which node of a new graph takes over which previous state.</summary>
/// <typeparam name="T">The type of the state.</typeparam>
/// <remarks>By SPEC: the same name of its own or the same path, and the same kind; else the only equal description in its component;
/// and the nodes below a matched node, by their path below it.</remarks>
internal sealed class Matching<T>
    where T : class
{
    private readonly IReadOnlyList<Vertex> vertices;
    private readonly IReadOnlyList<PreviousItem<T>> priors;
    private readonly Func<T, string> fingerprintOf;
    private readonly Dictionary<string, int> byKey;
    private readonly bool[] isTaken;

    // By the order of the vertex: the index of its prior, and 1; 0 where it has none.
    private readonly int[] found;

    private Matching(
        IReadOnlyList<Vertex> vertices,
        int places,
        IReadOnlyList<PreviousItem<T>> priors,
        Func<T, string> fingerprintOf
    )
    {
        (this.vertices, this.priors, this.fingerprintOf) = (vertices, priors, fingerprintOf);
        byKey = new(priors.Count, StringComparer.Ordinal);
        for (int i = 0; i < priors.Count; i++)
        {
            byKey[priors[i].Key] = i;
        }

        isTaken = new bool[priors.Count];
        found = new int[places];
    }

    /// <summary>Finds them. Pure, and linear in the size of both.</summary>
    /// <param name="graph">The new graph.</param>
    /// <param name="priors">What there was before; of several at one path, the last takes precedence.</param>
    /// <param name="fingerprintOf">Of the whole description; empty where that is not known. Asked for only where a path is not enough.</param>
    public static Matching<T> Of(Graph graph, IReadOnlyList<PreviousItem<T>> priors, Func<T, string> fingerprintOf) =>
        Of(graph.Vertices, graph.Vertices.Count, priors, fingerprintOf);

    /// <summary>Finds them for some vertices of a graph, where no other one could have any of the states.</summary>
    /// <param name="vertices">The vertices, each of them with all below it.</param>
    /// <param name="places">How many vertices the graph has.</param>
    /// <param name="priors">As above.</param>
    /// <param name="fingerprintOf">As above.</param>
    public static Matching<T> Of(
        IReadOnlyList<Vertex> vertices,
        int places,
        IReadOnlyList<PreviousItem<T>> priors,
        Func<T, string> fingerprintOf
    )
    {
        Matching<T> matching = new(vertices, places, priors, fingerprintOf);
        if (priors.Count > 0)
        {
            // Paths first: a node at its previous path keeps its state even if an equal description is elsewhere.
            foreach (Vertex vertex in vertices)
            {
                matching.TakeAt(vertex.Key, vertex);
            }

            matching.MatchMoved();
        }

        return matching;
    }

    /// <summary>What a vertex takes over; null where it begins anew.</summary>
    public PreviousItem<T>? this[Vertex vertex] => found[vertex.Order] is > 0 and var prior ? priors[prior - 1] : null;

    // Most of the time nothing has moved, and nobody needs descriptions.
    private void MatchMoved()
    {
        HashSet<string> owners = OwnersOfUnmatched();
        if (owners.Count == 0)
        {
            return;
        }

        var unique = UniquePriors(owners);
        var uniqueNow = UniqueVertices(owners);
        for (int i = vertices.Count - 1; i >= 0; i--)
        {
            Vertex vertex = vertices[i];
            if (found[vertex.Order] == 0 && owners.Contains(vertex.Owner))
            {
                var description = (vertex.Owner, vertex.Fingerprint);
                if (uniqueNow[description] is not null && unique.GetValueOrDefault(description) is { } prior)
                {
                    Take(vertex, prior, isPlace: false);
                }
            }

            // The nodes below a moved node have moved with it.
            if (found[vertex.Order] is > 0 and var taken && priors[taken - 1].Key is var moved && moved != vertex.Key)
            {
                for (int child = 0; child < vertex.Children.Length; child++)
                {
                    TakeAt(Vertex.Below(moved, vertex.Task.ChildName(child)), vertex.Children[child]);
                }
            }
        }
    }

    // What moves stays in its component: only those count that have both a vertex and a prior left.
    private HashSet<string> OwnersOfUnmatched()
    {
        HashSet<string> left = new(StringComparer.Ordinal);
        for (int i = 0; i < isTaken.Length; i++)
        {
            if (!isTaken[i])
            {
                left.Add(Vertex.OwnerOf(priors[i].Key));
            }
        }

        HashSet<string> owners = new(StringComparer.Ordinal);
        if (left.Count > 0)
        {
            foreach (Vertex vertex in vertices)
            {
                if (found[vertex.Order] == 0 && vertex.Owner is var owner && left.Contains(owner))
                {
                    owners.Add(owner);
                }
            }
        }

        return owners;
    }

    private Dictionary<(string, string), int?> UniquePriors(HashSet<string> owners)
    {
        Dictionary<(string, string), int?> unique = [];
        for (int i = 0; i < priors.Count; i++)
        {
            if (Vertex.OwnerOf(priors[i].Key) is var owner && owners.Contains(owner))
            {
                Count(unique, (owner, fingerprintOf(priors[i].Value)), i);
            }
        }

        return unique;
    }

    private Dictionary<(string, string), int?> UniqueVertices(HashSet<string> owners)
    {
        Dictionary<(string, string), int?> unique = [];
        foreach (Vertex vertex in vertices)
        {
            if (owners.Contains(vertex.Owner))
            {
                Count(unique, (vertex.Owner, vertex.Fingerprint), vertex.Order);
            }
        }

        return unique;
    }

    private void TakeAt(string key, Vertex vertex)
    {
        if (byKey.TryGetValue(key, out int prior))
        {
            Take(vertex, prior, isPlace: true);
        }
    }

    private void Take(Vertex vertex, int prior, bool isPlace)
    {
        string kind = priors[prior].Kind;
        bool isOfItsKind = kind == vertex.Task.KindName || (isPlace && kind.Length == 0);
        if (isOfItsKind && found[vertex.Order] == 0 && !isTaken[prior])
        {
            found[vertex.Order] = prior + 1;
            isTaken[prior] = true;
        }
    }

    // Null means several.
    private static void Count(Dictionary<(string, string), int?> unique, (string, string) key, int value)
    {
        if (!unique.TryAdd(key, value))
        {
            unique[key] = null;
        }
    }
}
