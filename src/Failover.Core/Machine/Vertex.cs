using System.Collections.Immutable;

namespace Failover;

/// <summary>A distinct task in one graph, with its position. Never changes, but for the node that it gets when the graph is
/// installed.</summary>
internal sealed class Vertex
{
    public required HealthTask Task { get; init; }

    /// <summary>Its path, the same in the next process: <c>/mail#to_fail.task</c> in the component <c>mail</c>,
    /// <c>ref:relay#task</c> below a task that has a name of its own.</summary>
    public required string Key { get; init; }

    /// <summary>Of its whole description: equal where that is.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Children come before their parents.</summary>
    public required int Order { get; init; }

    public required ImmutableArray<Vertex> Children { get; init; }

    /// <summary>Without repetition.</summary>
    public List<Vertex> Parents { get; } = [];

    /// <summary>The components whose root this is.</summary>
    public List<string> RootOf { get; } = [];

    public Node Node { get; set; } = null!;

    public Combinator? Combinator => Task as Combinator;

    /// <summary>The part of the key that says to which component or named task it belongs.</summary>
    public string Owner => OwnerOf(Key);

    public static string OwnerOf(string key) => key[..(key.LastIndexOf('#') + 1)];

    /// <summary>The key of a child.</summary>
    public static string Below(string key, string child) => key.EndsWith('#') ? key + child : $"{key}.{child}";
}
