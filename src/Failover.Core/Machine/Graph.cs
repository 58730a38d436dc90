using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>The structure of one set of descriptions: one vertex for each distinct task. Never changes once it is installed.</summary>
internal sealed class Graph
{
    private readonly Dictionary<HealthTask, Vertex> byTask;
    private readonly Dictionary<string, (ComponentDescription Description, Vertex Root)> byName;
    private readonly List<Vertex> vertices;
    private readonly IReadOnlyDictionary<HealthTask, string> names;
    private IReadOnlyDictionary<HealthTask, string> roots;

    /// <summary>Makes one without components.</summary>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <param name="roots">The components of tasks that others may use as well.</param>
    /// <param name="components">How many components there will be, where that is known: tables that grow are copied, and large ones are
    /// what makes a collection of garbage long.</param>
    /// <param name="tasks">How many tasks they will have, about.</param>
    public Graph(
        IReadOnlyDictionary<HealthTask, string> names,
        IReadOnlyDictionary<HealthTask, string>? roots = null,
        int components = 0,
        int tasks = 0
    )
    {
        (this.names, this.roots) = (names, roots ?? NoNames);
        byTask = new(tasks, ReferenceEqualityComparer.Instance);
        byName = new(components, StringComparer.Ordinal);
        vertices = new(tasks);
    }

    /// <summary>For graphs whose tasks have no names of their own.</summary>
    public static IReadOnlyDictionary<HealthTask, string> NoNames { get; } = new Dictionary<HealthTask, string>();

    /// <summary>The names of tasks that have one of their own.</summary>
    public IReadOnlyDictionary<HealthTask, string> Names => names;

    /// <summary>Children before their parents.</summary>
    public IReadOnlyList<Vertex> Vertices => vertices;

    public IReadOnlyCollection<(ComponentDescription Description, Vertex Root)> Components => byName.Values;

    /// <summary>Whether one of them counts time: see <see cref="Combinator.CountsTime"/>.</summary>
    public bool CountsTime { get; private set; }

    /// <summary>For how many vertices there is room.</summary>
    public int Capacity => vertices.Capacity;

    public bool TryFind(HealthTask task, [NotNullWhen(true)] out Vertex? vertex) =>
        byTask.TryGetValue(task, out vertex);

    public Vertex? RootOf(string component) => byName.TryGetValue(component, out var found) ? found.Root : null;

    /// <summary>Adds a component. Names are unique, which is for the caller to see to.</summary>
    public void Add(ComponentDescription description)
    {
        Vertex root = VertexOf(description.Task, RootKey(description.Name));
        root.RootOf = root.RootOf.Add(description.Name);
        byName.Add(description.Name, (description, root));
    }

    /// <summary>All components have been added: what only that needs is let go.</summary>
    public void Complete() => roots = NoNames;

    /// <summary>The places of the vertices below a component's root, with the paths to them.</summary>
    public IEnumerable<(string Path, Vertex Vertex)> PlacesIn(string component)
    {
        return RootOf(component) is { } root ? Below(root, "") : [];

        static IEnumerable<(string, Vertex)> Below(Vertex vertex, string path) =>
            vertex
                .Children.SelectMany(
                    (child, index) =>
                    {
                        string name = vertex.Task.ChildName(index);
                        return Below(child, path.Length == 0 ? name : $"{path}.{name}");
                    }
                )
                .Prepend((path, vertex));
    }

    private static string RootKey(string component) => $"/{component}#";

    private Vertex VertexOf(HealthTask task, string key)
    {
        if (byTask.TryGetValue(task, out Vertex? known))
        {
            return known;
        }

        if (names.TryGetValue(task, out string? name))
        {
            key = $"ref:{name}#";
        }
        else if (roots.TryGetValue(task, out string? component))
        {
            key = RootKey(component);
        }

        ImmutableArray<HealthTask> below = task.Children;
        Vertex[] children = below.IsEmpty ? [] : new Vertex[below.Length];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = VertexOf(below[i], Vertex.Below(key, task.ChildName(i)));
        }

        Vertex vertex = new()
        {
            Task = task,
            Key = key,
            Order = vertices.Count,
            Children = ImmutableCollectionsMarshal.AsImmutableArray(children),
        };
        foreach (Vertex child in children)
        {
            // One that is used twice by it has just got it as its last one.
            if (child.Parents is not [.., var last] || last != vertex)
            {
                child.Parents = child.Parents.Add(vertex);
            }
        }

        byTask.Add(task, vertex);
        vertices.Add(vertex);
        CountsTime |= vertex.Combinator?.CountsTime == true;
        return vertex;
    }
}
