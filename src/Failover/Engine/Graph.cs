using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>The nodes and components of one set of descriptions: one node for each distinct task.</summary>
/// <remarks>A node has a key that says where it stands and is the same in the next process: <c>/mail#to_fail.task</c> for one in the
/// component <c>mail</c>, <c>ref:relay#task</c> for one below a task that has a name of its own. What stands at a key of the graph
/// before, with a description that is equal as a whole component or as a whole named task, is gone on with.</remarks>
/// <param name="engine">The engine that the nodes belong to.</param>
/// <param name="names">The names of tasks that have one of their own.</param>
/// <param name="previous">The graph that this one takes the place of; null for the first one.</param>
internal sealed class Graph(HealthEngine engine, IReadOnlyDictionary<HealthTask, string> names, Graph? previous = null)
{
    private readonly Dictionary<HealthTask, NodeRunner> byTask = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, NodeRunner> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Component> byName = new(StringComparer.Ordinal);

    // The description that a node stands here for, which is equal to the one that it was made of.
    private readonly Dictionary<NodeRunner, HealthTask> newest = [];
    private readonly List<NodeRunner> nodes = [];
    private readonly List<NodeRunner> newNodes = [];
    private readonly List<Component> components = [];

    /// <summary>Children before their parents.</summary>
    public IReadOnlyList<NodeRunner> Nodes => nodes;

    /// <summary>Those that were not in the graph before, children before their parents.</summary>
    public IReadOnlyList<NodeRunner> NewNodes => newNodes;

    public IReadOnlyList<Component> Components => components;

    public bool TryFind(HealthTask task, [NotNullWhen(true)] out NodeRunner? node) =>
        byTask.TryGetValue(task, out node);

    public IEnumerable<Component> ComponentsOf(string name) =>
        byName.TryGetValue(name, out Component? component) ? [component] : [];

    /// <summary>Whether a node stands there that has something to keep beyond the process.</summary>
    public bool Keeps(string key) => byKey.TryGetValue(key, out NodeRunner? node) && node.Description is Combinator;

    public Component Add(ComponentDescription description)
    {
        Owner owner = new(this, description.Task, $"/{description.Name}#");
        NodeRunner root = RunnerFor(description.Task, owner.Key, owner);
        Component? before = previous?.byName.GetValueOrDefault(description.Name);
        Component component;
        if (before?.Root == root)
        {
            component = before;
            component.Description = description;
        }
        else
        {
            component = new(engine, description, root);
            if (before is not null)
            {
                component.Succeed(before);
            }
        }

        root.Components.Add(component);
        components.Add(component);
        byName.TryAdd(description.Name, component);
        return component;
    }

    private NodeRunner RunnerFor(HealthTask task, string key, Owner owner)
    {
        if (byTask.TryGetValue(task, out NodeRunner? known))
        {
            return known;
        }

        if (names.TryGetValue(task, out string? name))
        {
            key = $"ref:{name}#";
            owner = new(this, task, key);
        }

        ImmutableArray<NodeRunner> children =
        [
            .. task.Children.Select((child, index) => RunnerFor(child, Below(key, task.ChildName(index)), owner)),
        ];
        NodeRunner? before = owner.IsUnchanged ? previous!.byKey.GetValueOrDefault(key) : null;
        NodeRunner runner;
        if (before is not null && before.Children.SequenceEqual(children))
        {
            runner = before;
            runner.Relink();
            // Whoever holds the description of before still finds it.
            byTask[before.Description] = runner;
            byTask[previous!.newest[before]] = runner;
        }
        else
        {
            runner = new(engine, task, key, owner.Fingerprint, engine.NextOrder(), children);
            newNodes.Add(runner);
        }

        byTask[task] = runner;
        newest[runner] = task;
        byKey.TryAdd(key, runner);
        nodes.Add(runner);
        return runner;
    }

    private static string Below(string key, string child) => key.EndsWith('#') ? key + child : $"{key}.{child}";

    /// <summary>A component's task or a named one: what goes on or begins anew as a whole.</summary>
    private sealed class Owner(Graph graph, HealthTask task, string key)
    {
        public string Key => key;

        public string Fingerprint { get; } =
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(task.FullText)).AsSpan(0, 16));

        public bool IsUnchanged =>
            graph.Previous?.byKey.GetValueOrDefault(key) is { } before
            && string.Equals(before.Fingerprint, Fingerprint, StringComparison.Ordinal);
    }

    private Graph? Previous => previous;
}
