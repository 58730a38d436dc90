using System.Collections.Immutable;

namespace Failover;

/// <summary>A value of a YAML file, with its place.</summary>
/// <param name="position">Where it begins.</param>
/// <param name="size">How many values it is made of, itself included and aliases followed.</param>
/// <param name="height">How deep values are nested in it; 1 where none is.</param>
internal abstract class YamlNode(Position position, int size, int height)
{
    public Position Position => position;

    public int Size => size;

    public int Height => height;

    /// <summary>What it is, as the end of a sentence: <c>a list</c>.</summary>
    public abstract string Shape { get; }
}

/// <summary>A scalar. What others read as a number or a boolean is a text here.</summary>
internal sealed class YamlText(Position position, string text, bool isPlain) : YamlNode(position, size: 1, height: 1)
{
    public string Text => text;

    /// <summary>Whether it is without quotes.</summary>
    public bool IsPlain => isPlain;

    /// <summary>Whether nothing was written, or YAML's word for it without quotes.</summary>
    public bool IsEmpty => isPlain && text is "" or "~" or "null";

    public override string Shape => IsEmpty ? "empty" : "a text";
}

internal sealed class YamlList(Position position, ImmutableArray<YamlNode> items)
    : YamlNode(position, 1 + items.Sum(item => item.Size), 1 + items.Select(item => item.Height).DefaultIfEmpty().Max())
{
    public ImmutableArray<YamlNode> Items => items;

    public override string Shape => "a list";
}

/// <summary>A mapping. No key appears twice in it.</summary>
internal sealed class YamlMap(Position position, ImmutableArray<YamlEntry> entries)
    : YamlNode(
        position,
        1 + entries.Sum(entry => 1 + entry.Value.Size),
        1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty().Max()
    )
{
    // By convention (as in Compose files), a key that begins so holds something for people or for anchors.
    private const string Extension = "x-";

    /// <summary>All entries: where keys are names.</summary>
    public ImmutableArray<YamlEntry> Entries => entries;

    /// <summary>The entries without those of keys that begin with <c>x-</c>: where keys are fixed.</summary>
    public ImmutableArray<YamlEntry> FixedEntries
    {
        get
        {
            foreach (YamlEntry entry in entries)
            {
                if (IsExtension(entry))
                {
                    return [.. entries.Where(one => !IsExtension(one))];
                }
            }

            return entries;
        }
    }

    public override string Shape => "a mapping";

    private static bool IsExtension(YamlEntry entry) => entry.Name.StartsWith(Extension, StringComparison.Ordinal);
}

internal sealed record YamlEntry(YamlText Key, YamlNode Value)
{
    public string Name => Key.Text;
}
