using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Failover;

/// <summary>The structure of one set of descriptions: one vertex for each distinct task. Never changes once it is installed.</summary>
internal sealed class Graph
{
    private readonly Dictionary<HealthTask, Vertex> byTask = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, (ComponentDescription Description, Vertex Root)> byName = new(
        StringComparer.Ordinal
    );
    private readonly List<Vertex> vertices = [];
    private readonly IReadOnlyDictionary<HealthTask, string> names;
    private readonly IReadOnlyDictionary<HealthTask, string> roots;

    /// <summary>Makes one without components.</summary>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <param name="roots">The components of tasks that others may use as well.</param>
    public Graph(
        IReadOnlyDictionary<HealthTask, string> names,
        IReadOnlyDictionary<HealthTask, string>? roots = null
    ) => (this.names, this.roots) = (names, roots ?? NoNames);

    /// <summary>For graphs whose tasks have no names of their own.</summary>
    public static IReadOnlyDictionary<HealthTask, string> NoNames { get; } = new Dictionary<HealthTask, string>();

    /// <summary>The names of tasks that have one of their own.</summary>
    public IReadOnlyDictionary<HealthTask, string> Names => names;

    /// <summary>Children before their parents.</summary>
    public IReadOnlyList<Vertex> Vertices => vertices;

    public IReadOnlyCollection<(ComponentDescription Description, Vertex Root)> Components => byName.Values;

    public bool TryFind(HealthTask task, [NotNullWhen(true)] out Vertex? vertex) =>
        byTask.TryGetValue(task, out vertex);

    public Vertex? RootOf(string component) => byName.TryGetValue(component, out var found) ? found.Root : null;

    /// <summary>Adds a component. Names are unique, which is for the caller to see to.</summary>
    /// <returns>The vertices that it adds, children before their parents.</returns>
    public IReadOnlyList<Vertex> Add(ComponentDescription description)
    {
        int known = vertices.Count;
        Vertex root = VertexOf(description.Task, RootKey(description.Name));
        root.RootOf = root.RootOf.Add(description.Name);
        byName.Add(description.Name, (description, root));
        return vertices.GetRange(known, vertices.Count - known);
    }

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

        ImmutableArray<Vertex> children =
        [
            .. task.Children.Select((child, index) => VertexOf(child, Vertex.Below(key, task.ChildName(index)))),
        ];
        Vertex vertex = new()
        {
            Task = task,
            Key = key,
            Fingerprint = Fingerprint.Of(task.TextWith(child => byTask[child].Fingerprint)),
            Order = vertices.Count,
            Children = children,
        };
        foreach (Vertex child in children.Distinct())
        {
            child.Parents = child.Parents.Add(vertex);
        }

        byTask.Add(task, vertex);
        vertices.Add(vertex);
        return vertex;
    }
}
