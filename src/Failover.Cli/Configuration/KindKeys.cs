using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Failover;

/// <summary>A kind of task as the file says it: its options by their keys.</summary>
internal sealed class KindKeys
{
    private readonly FrozenDictionary<string, int> indices;

    internal KindKeys(TaskKind kind)
    {
        Kind = kind;
        IsOptional = [.. kind.Options.Select(option => option.Default is not null)];
        indices = kind.Options.Index().ToFrozenDictionary(pair => pair.Item.Key, pair => pair.Index);
        Accepted = string.Join(", ", kind.Options.Select(option => option.Key).Order(StringComparer.Ordinal));
    }

    /// <summary>The kinds that a file can say, by name.</summary>
    public static FrozenDictionary<string, KindKeys> All { get; } =
        TaskKinds
            .All.Where(kind => kind.Make is not null)
            .ToFrozenDictionary(kind => kind.Name, kind => new KindKeys(kind));

    /// <summary>The names, in the order of the index.</summary>
    public static string Names { get; } =
        string.Join(", ", TaskKinds.All.Where(kind => kind.Make is not null).Select(kind => kind.Name));

    public TaskKind Kind { get; }

    /// <summary>Of each of its options, whether it may be left out.</summary>
    public ImmutableArray<bool> IsOptional { get; }

    /// <summary>The keys, in the order of the alphabet.</summary>
    public string Accepted { get; }

    public IEnumerable<string> Keys => indices.Keys;

    /// <summary>The index of the option in <see cref="TaskKind.Options"/>; null where the kind has none of that key.</summary>
    public int? Find(string key) => indices.TryGetValue(key, out int index) ? index : null;
}
