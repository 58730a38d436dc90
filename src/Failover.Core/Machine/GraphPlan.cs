using System.Collections.Immutable;

namespace Failover;

/// <summary>The new graph, computed from descriptions alone, and which node takes over the state of which. Made while others use the
/// machine; installing it takes moments.</summary>
internal sealed class GraphPlan
{
    private readonly Matching<Vertex> matches;

    // By the order of the vertices.
    private readonly bool[] unchanged;
    private readonly bool[] describedAlike;

    private GraphPlan(Graph from, Graph to)
    {
        (From, To) = (from, to);
        // What is kept has its own state, and nothing else can have it.
        PreviousItem<Vertex>[] priors =
        [
            .. from
                .Vertices.Where(vertex => !to.Keeps(vertex))
                .Select(vertex => new PreviousItem<Vertex>(vertex.Key, vertex.Task.KindName, vertex)),
        ];
        Vertex[] made = [.. to.Vertices.Where(vertex => !to.Keeps(vertex))];
        matches = Matching<Vertex>.Of(made, to.Vertices.Count, priors, vertex => vertex.Fingerprint);
        unchanged = new bool[to.Vertices.Count];
        describedAlike = new bool[to.Vertices.Count];
        foreach (Vertex vertex in made)
        {
            if (Before(vertex) is { } before)
            {
                Compare(vertex, before);
            }
            else
            {
                FreshKeys.Add(vertex.Key);
            }
        }

        foreach (Vertex vertex in to.Vertices)
        {
            // What remembers nothing is never stored.
            if (vertex.Combinator is not (null or Combinator<NoMemory>))
            {
                vertex.MakeFingerprint();
            }
        }
    }

    public Graph From { get; }

    public Graph To { get; }

    /// <summary>The keys of vertices that start in their initial state.</summary>
    public HashSet<string> FreshKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>Works it out, and makes every fingerprint that installing and storing ask for: nobody waits for a lock meanwhile. Reads what
    /// never changes.</summary>
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

        int tasks = CountOf(all);
        try
        {
            return new(from, Make(keeps: true));
        }
        catch (SharedVertexException)
        {
            return new(from, Make(keeps: false));
        }

        Graph Make(bool keeps)
        {
            Graph to = new(names, roots, all.Length, tasks, from);
            foreach (ComponentDescription description in all)
            {
                if (!keeps || !to.TryKeep(description, from))
                {
                    to.Add(description);
                }
            }

            to.Complete();
            return to;
        }
    }

    /// <summary>Whether a vertex was there before, the same object.</summary>
    public bool IsKept(Vertex vertex) => To.Keeps(vertex);

    /// <summary>The previous vertex whose state a vertex takes over; null where it starts in its initial state.</summary>
    public Vertex? Before(Vertex vertex) => IsKept(vertex) ? vertex : matches[vertex]?.Value;

    /// <summary>Whether a vertex is unchanged, with everything below it.</summary>
    public bool IsUnchanged(Vertex vertex) => IsKept(vertex) || unchanged[vertex.Order];

    /// <summary>Whether a vertex that takes over a state has the description that it had, everything below it included.</summary>
    public bool IsDescribedAlike(Vertex vertex) => IsKept(vertex) || describedAlike[vertex.Order];

    // A check that several combinators share is counted with each, a combinator and what is below it once: there are no fewer references to
    // tasks than this.
    private static int CountOf(ComponentDescription[] all)
    {
        HashSet<HealthTask> counted = new(all.Length, ReferenceEqualityComparer.Instance);
        Stack<HealthTask> rest = new();
        int count = 0;
        foreach (ComponentDescription description in all)
        {
            rest.Push(description.Task);
            while (rest.TryPop(out HealthTask? task))
            {
                ImmutableArray<HealthTask> children = task.Children;
                if (children.IsEmpty)
                {
                    count++;
                }
                else if (counted.Add(task))
                {
                    count++;
                    foreach (HealthTask child in children)
                    {
                        rest.Push(child);
                    }
                }
            }
        }

        return count;
    }

    private void Compare(Vertex vertex, Vertex before)
    {
        if (AreUnchangedBelow(vertex, before))
        {
            unchanged[vertex.Order] = describedAlike[vertex.Order] = vertex.IsDescribedAs(before);
            if (IsUnchanged(vertex))
            {
                vertex.UseFingerprintOf(before);
            }
        }
        else
        {
            // What is below it may be elsewhere, and described as before.
            describedAlike[vertex.Order] = vertex.HasFingerprintOf(before);
        }
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
