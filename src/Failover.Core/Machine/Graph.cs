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
    private readonly int generation;
    private readonly IReadOnlyDictionary<HealthTask, string> names;
    private IReadOnlyDictionary<HealthTask, string> roots;

    /// <summary>Makes one without components.</summary>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <param name="roots">The components of tasks that others may use as well.</param>
    /// <param name="components">How many components there will be, where that is known: tables that grow are copied, and large ones are
    /// what makes a collection of garbage long.</param>
    /// <param name="tasks">How many tasks they will have, about.</param>
    /// <param name="previous">The graph that it takes the place of, whose vertices it may keep; null where there is none.</param>
    public Graph(
        IReadOnlyDictionary<HealthTask, string> names,
        IReadOnlyDictionary<HealthTask, string>? roots = null,
        int components = 0,
        int tasks = 0,
        Graph? previous = null
    )
    {
        generation = previous is null ? 0 : previous.generation + 1;
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

    /// <summary>Whether a vertex is of the graph that this one takes the place of, and of this one as well.</summary>
    public bool Keeps(Vertex vertex) =>
        vertex.Generation != generation && byTask.TryGetValue(vertex.Task, out Vertex? here) && here == vertex;

    /// <summary>Adds a component with the vertices that it had, where it has the same task and nobody else has any part of it.</summary>
    /// <returns>False where these are not to be had.</returns>
    public bool TryKeep(ComponentDescription description, Graph previous)
    {
        if (
            description.IsAlias
            || !previous.byName.TryGetValue(description.Name, out var before)
            || !ReferenceEquals(before.Description.Task, description.Task)
            || before.Root is not { Parents.IsEmpty: true, RootOf: [var only] }
            || only != description.Name
            || before.Root.Key != RootKey(description.Name)
            || names.ContainsKey(description.Task)
            || !IsOfItsOwn(before.Root, before.Root.Key)
        )
        {
            return false;
        }

        Keep(before.Root);
        byName.Add(description.Name, (description, before.Root));
        return true;
    }

    /// <summary>Adds a component. Names are unique, which is for the caller to see to.</summary>
    /// <exception cref="SharedVertexException">A part of it is a vertex that was kept, which has no other users.</exception>
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

    private bool IsOfItsOwn(Vertex vertex, string owner)
    {
        foreach (Vertex child in vertex.Children)
        {
            if (
                child is not { Parents.Length: 1, RootOf.IsEmpty: true }
                || !child.Key.StartsWith(owner, StringComparison.Ordinal)
                || names.ContainsKey(child.Task)
                || roots.ContainsKey(child.Task)
                || !IsOfItsOwn(child, owner)
            )
            {
                return false;
            }
        }

        return true;
    }

    private void Keep(Vertex vertex)
    {
        foreach (Vertex child in vertex.Children)
        {
            Keep(child);
        }

        if (!byTask.TryAdd(vertex.Task, vertex))
        {
            throw new SharedVertexException();
        }

        Add(vertex);
    }

    private void Add(Vertex vertex)
    {
        vertices.Add(vertex);
        CountsTime |= vertex.Combinator?.CountsTime == true;
    }

    private Vertex VertexOf(HealthTask task, string key)
    {
        if (byTask.TryGetValue(task, out Vertex? known))
        {
            return known.Generation == generation ? known : throw new SharedVertexException();
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
            Generation = generation,
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
        Add(vertex);
        return vertex;
    }
}

/// <summary>A vertex that was to be kept as it is has other users by now.</summary>
internal sealed class SharedVertexException : Exception;
