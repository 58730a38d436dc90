using System.Collections.Immutable;

namespace Failover;

/// <summary>A value of a YAML file, with its place.</summary>
/// <param name="position">Where it begins.</param>
internal abstract class YamlNode(Position position)
{
    public Position Position => position;

    /// <summary>How many values it is made of, itself included and aliases followed.</summary>
    public abstract int Size { get; }

    /// <summary>How deep values are nested in it; 1 where none is.</summary>
    public abstract int Height { get; }

    /// <summary>What it is, as the end of a sentence: <c>a list</c>.</summary>
    public abstract string Shape { get; }
}

/// <summary>A scalar. What others read as a number or a boolean is a text here.</summary>
internal sealed class YamlText(Position position, string text, bool isPlain) : YamlNode(position)
{
    public override int Size => 1;

    public override int Height => 1;

    public string Text => text;

    /// <summary>Whether it is without quotes.</summary>
    public bool IsPlain => isPlain;

    /// <summary>Whether nothing was written, or YAML's word for it without quotes.</summary>
    public bool IsEmpty => isPlain && text is "" or "~" or "null";

    public override string Shape => IsEmpty ? "empty" : "a text";
}

internal sealed class YamlList : YamlNode
{
    public YamlList(Position position, ImmutableArray<YamlNode> items)
        : base(position)
    {
        (Items, Size, Height) = (items, 1, 1);
        foreach (YamlNode item in items)
        {
            Size += item.Size;
            Height = Math.Max(Height, 1 + item.Height);
        }
    }

    public ImmutableArray<YamlNode> Items { get; }

    public override int Size { get; }

    public override int Height { get; }

    public override string Shape => "a list";
}

/// <summary>A mapping. No key appears twice in it.</summary>
internal sealed class YamlMap : YamlNode
{
    // By convention (as in Compose files), a key that begins so holds something for people or for anchors.
    private const string Extension = "x-";

    public YamlMap(Position position, ImmutableArray<YamlEntry> entries)
        : base(position)
    {
        (Entries, Size, Height) = (entries, 1, 1);
        foreach (YamlEntry entry in entries)
        {
            Size += 1 + entry.Value.Size;
            Height = Math.Max(Height, 1 + entry.Value.Height);
        }
    }

    public override int Size { get; }

    public override int Height { get; }

    /// <summary>All entries: where keys are names.</summary>
    public ImmutableArray<YamlEntry> Entries { get; }

    /// <summary>The entries without those of keys that begin with <c>x-</c>: where keys are fixed.</summary>
    public ImmutableArray<YamlEntry> FixedEntries
    {
        get
        {
            foreach (YamlEntry entry in Entries)
            {
                if (IsExtension(entry))
                {
                    return [.. Entries.Where(one => !IsExtension(one))];
                }
            }

            return Entries;
        }
    }

    public override string Shape => "a mapping";

    private static bool IsExtension(YamlEntry entry) => entry.Name.StartsWith(Extension, StringComparison.Ordinal);
}

internal sealed record YamlEntry(YamlText Key, YamlNode Value)
{
    public string Name => Key.Text;
}
