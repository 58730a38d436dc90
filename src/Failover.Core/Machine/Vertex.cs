using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>A distinct task in one graph, with its position. Never changes once its graph is complete, but for the node that it gets when
/// the graph is installed.</summary>
internal sealed class Vertex
{
    // A fifth of the size of its text, which is needed only when the graph changes.
    private readonly UInt128 fingerprint;

    public required HealthTask Task { get; init; }

    /// <summary>Its path, the same in the next process: <c>/mail#to_fail.task</c> in the component <c>mail</c>,
    /// <c>ref:relay#task</c> below a task that has a name of its own.</summary>
    public required string Key { get; init; }

    /// <summary>Of its whole description, 128 bits in hexadecimal: equal where that is.</summary>
    public required string Fingerprint
    {
        get => fingerprint.ToString("x32", CultureInfo.InvariantCulture);
        init => fingerprint = UInt128.Parse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>Children come before their parents.</summary>
    public required int Order { get; init; }

    public required ImmutableArray<Vertex> Children { get; init; }

    /// <summary>Without repetition.</summary>
    public ImmutableArray<Vertex> Parents { get; set; } = [];

    /// <summary>The components whose root this is.</summary>
    public ImmutableArray<string> RootOf { get; set; } = [];

    public Node Node { get; set; } = null!;

    public Combinator? Combinator => Task as Combinator;

    /// <summary>The part of the key that says to which component or named task it belongs.</summary>
    public string Owner => OwnerOf(Key);

    public static string OwnerOf(string key) => key[..(key.LastIndexOf('#') + 1)];

    /// <summary>The key of a child.</summary>
    public static string Below(string key, string child) => key.EndsWith('#') ? key + child : $"{key}.{child}";
}
