using System.Collections.Immutable;

namespace Failover;

/// <summary>A distinct task in one graph, with its position. Once its graph is complete, only what is derived from the description is added
/// (the fingerprint), and the node, when the graph is installed.</summary>
internal sealed class Vertex
{
    // A fifth of the size of its text.
    private UInt128 fingerprint;
    private volatile bool hasFingerprint;

    public required HealthTask Task { get; init; }

    /// <summary>Its path, the same in the next process: <c>/mail#to_fail.task</c> in the component <c>mail</c>,
    /// <c>ref:relay#task</c> below a task that has a name of its own.</summary>
    public required string Key { get; init; }

    /// <summary>Of its whole description, 128 bits in hexadecimal: equal where that is. Made when it is asked for first, by whichever
    /// thread: that of a check without a combinator around it, for one, is not needed.</summary>
    public string Fingerprint
    {
        get
        {
            MakeFingerprint();
            return Failover.Fingerprint.Text(fingerprint);
        }
    }

    public bool HasFingerprint => hasFingerprint;

    /// <summary>Makes the fingerprint, and those below, where nobody waits for it.</summary>
    public void MakeFingerprint()
    {
        if (!hasFingerprint)
        {
            // Another thread may do the same at this moment, and comes to the same.
            fingerprint = Failover.Fingerprint.Of(Task.TextWith(new FingerprintsBelow(this).Of));
            hasFingerprint = true;
        }
    }

    /// <summary>Whether its whole description is that of another one.</summary>
    public bool HasFingerprintOf(Vertex other)
    {
        MakeFingerprint();
        other.MakeFingerprint();
        return fingerprint == other.fingerprint;
    }

    /// <summary>Has the fingerprint of a vertex with the same description, if that has been made.</summary>
    public void UseFingerprintOf(Vertex other)
    {
        if (other.hasFingerprint)
        {
            fingerprint = other.fingerprint;
            hasFingerprint = true;
        }
    }

    /// <summary>Its place in its graph: children come before their parents. One that another graph keeps has its place there once that
    /// is installed.</summary>
    public required int Order { get; set; }

    /// <summary>Which graph it was made for.</summary>
    public required int Generation { get; init; }

    public required ImmutableArray<Vertex> Children { get; init; }

    /// <summary>Without repetition.</summary>
    public ImmutableArray<Vertex> Parents { get; set; } = [];

    /// <summary>The components whose root this is.</summary>
    public ImmutableArray<string> RootOf { get; set; } = [];

    /// <summary>The same components, once they have been asked for; see <see cref="HealthMachine"/>.</summary>
    public ImmutableArray<ServedComponent> Served { get; set; } = [];

    public Node Node { get; set; } = null!;

    public Combinator? Combinator => Task as Combinator;

    /// <summary>The part of the key that says to which component or named task it belongs.</summary>
    public string Owner => OwnerOf(Key);

    public static string OwnerOf(string key) => key[..(key.LastIndexOf('#') + 1)];

    /// <summary>Whether it is described as another one, whose children are described as its own.</summary>
    public bool IsDescribedAs(Vertex other) =>
        ReferenceEquals(Task, other.Task) || HasSameValues(other.Task) || HasFingerprintOf(other);

    /// <summary>The key of a child.</summary>
    public static string Below(string key, string child) => key.EndsWith('#') ? key + child : $"{key}.{child}";

    /// <summary>The components that it is below, by name. A graph that is in use does not change: from any thread. A check that was retired
    /// has those of before.</summary>
    /// <param name="seen">Used for it, and cleared before.</param>
    public IEnumerable<string> ComponentsAbove(HashSet<Vertex> seen)
    {
        seen.Clear();
        Stack<Vertex> left = new([this]);
        while (left.TryPop(out Vertex? vertex))
        {
            if (seen.Add(vertex))
            {
                foreach (Vertex parent in vertex.Parents)
                {
                    left.Push(parent);
                }
            }
        }

        return seen.SelectMany(vertex => vertex.RootOf);
    }

    // Of values that are equal only if their texts are, so that few fingerprints are needed. Of tasks it is known.
    private bool HasSameValues(HealthTask other)
    {
        if (Task.OwnKind is not { } kind || kind != other.OwnKind)
        {
            return false;
        }

        ImmutableArray<object?> values = Task.Values;
        ImmutableArray<object?> others = other.Values;
        for (int i = 0; i < values.Length; i++)
        {
            bool isSame = (values[i], others[i]) switch
            {
                (null, null) => true,
                (string one, string two) => one == two,
                (HealthTask, HealthTask) => true,
                (ValueType one, ValueType two) => one.Equals(two),
                _ => ReferenceEquals(values[i], others[i]),
            };
            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }

    // Of many, each is found at once.
    private sealed class FingerprintsBelow(Vertex vertex)
    {
        private const int Few = 8;

        private readonly Dictionary<HealthTask, Vertex>? byTask =
            vertex.Children.Length > Few
                ? vertex
                    .Children.DistinctBy(child => child.Task, ReferenceEqualityComparer.Instance)
                    .ToDictionary(
                        child => child.Task,
                        (IEqualityComparer<HealthTask>)ReferenceEqualityComparer.Instance
                    )
                : null;

        public string Of(HealthTask task) =>
            (byTask?[task] ?? vertex.Children.First(child => ReferenceEquals(child.Task, task))).Fingerprint;
    }
}
