using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Failover;

/// <summary>Makes nodes with positions of a YAML text. Its mistakes are collected; a text that is no YAML, or has holes, gives null.</summary>
internal sealed class YamlReader
{
    /// <summary>How deep values may be nested: what walks them does so by recursion.</summary>
    public const int DeepestNesting = 100;

    // The schema's own tags say nothing that a text does not; any other would be passed over in silence.
    private const string CoreTags = "tag:yaml.org,2002:";

    private const string MergeKey = "<<";

    private readonly string file;
    private readonly string text;
    private readonly int sizeLimit;
    private readonly ConfigurationErrors errors;
    private readonly Parser parser;
    private readonly Dictionary<string, YamlNode> anchors = new(StringComparer.Ordinal);
    private int size;
    private bool isWhole = true;

    private YamlReader(string file, string text, int sizeLimit, ConfigurationErrors errors)
    {
        (this.file, this.text, this.sizeLimit, this.errors) = (file, text, sizeLimit, errors);
        parser = new(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads the one document that the text is.</summary>
    /// <param name="file">What the text is called in errors.</param>
    /// <param name="text">The text.</param>
    /// <param name="sizeLimit">How many values there may be, aliases followed.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static YamlNode? Read(string file, string text, int sizeLimit, ConfigurationErrors errors)
    {
        YamlReader reader = new(file, text, sizeLimit, errors);
        try
        {
            YamlNode root = reader.ReadDocument();
            // What is missing has been reported, and what would be said about the hole is of no use.
            return reader.isWhole ? root : null;
        }
        catch (UnreadableException unreadable)
        {
            errors.Add(unreadable.At, unreadable.Message, unreadable.Accepted);
        }
        catch (YamlException syntax)
        {
            errors.Add(YamlFault.Position(file, text, syntax), YamlFault.Problem(syntax));
        }
        catch (Exception fault)
            when (fault is ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            // The parser's own slip, as on a list without its end before a key.
            errors.Add(reader.Here, "this is no YAML from here on");
        }

        return null;
    }

    private Position Here => parser.Current is { } current ? At(current.Start) : new(file, 1, 1);

    private YamlNode ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            throw new UnreadableException(new(file, 1, 1), "the file is empty", "a mapping");
        }

        parser.Consume<DocumentStart>();
        YamlNode root = ReadNode(depth: 1);
        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _)
            ? root
            : throw new UnreadableException(Here, "a second document begins", "one document in a file");
    }

    private YamlNode ReadNode(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new UnreadableException(Here, "values are nested too deeply", $"up to {DeepestNesting} levels");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Follow(alias, depth);
        }

        NodeEvent start = parser.Current as NodeEvent ?? throw new UnreadableException(Here, "this is no YAML");
        Grow(1, Here);
        if (
            !start.Tag.IsEmpty
            && !start.Tag.IsNonSpecific
            && !start.Tag.Value.StartsWith(CoreTags, StringComparison.Ordinal)
        )
        {
            isWhole = false;
            errors.Add(At(start.Start), $"unknown tag {Printable.Quoted(start.Tag.Value)}", "values without a tag");
        }

        YamlNode node = start switch
        {
            Scalar scalar => ReadText(scalar),
            SequenceStart => ReadList(start, depth),
            MappingStart => ReadMap(start, depth),
            _ => throw new UnreadableException(Here, "this is no YAML"),
        };
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private YamlText ReadText(Scalar scalar)
    {
        parser.MoveNext();
        return new(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private YamlList ReadList(NodeEvent start, int depth)
    {
        parser.MoveNext();
        ImmutableArray<YamlNode>.Builder items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new(At(start.Start), items.ToImmutable());
    }

    private YamlMap ReadMap(NodeEvent start, int depth)
    {
        parser.MoveNext();
        ImmutableArray<YamlEntry>.Builder entries = ImmutableArray.CreateBuilder<YamlEntry>();
        Dictionary<string, Position> known = new(StringComparer.Ordinal);
        YamlNode? merged = null;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Position at = Here;
            YamlNode key = ReadNode(depth + 1);
            YamlNode value = ReadNode(depth + 1);
            if (key is not YamlText text)
            {
                isWhole = false;
                errors.Add(at, $"a key is {key.Shape}", "a text");
            }
            else if (text is { IsPlain: true, Text: MergeKey } && merged is null)
            {
                merged = value;
            }
            else if (known.TryAdd(text.Text, at))
            {
                entries.Add(new(text, value));
            }
            else
            {
                errors.Add(at, $"{Printable.Quoted(text.Text)} appears twice, first at {known[text.Text]}");
            }
        }

        if (merged is not null)
        {
            Merge(merged, entries, known);
        }

        return new(At(start.Start), entries.ToImmutable());
    }

    // What a mapping says itself counts, and of several that are merged, the first (https://yaml.org/type/merge.html).
    private void Merge(YamlNode merged, ImmutableArray<YamlEntry>.Builder entries, Dictionary<string, Position> known)
    {
        foreach (YamlNode one in merged is YamlList list ? list.Items : [merged])
        {
            if (one is not YamlMap map)
            {
                isWhole = false;
                errors.Add(one.Position, $"{MergeKey} is {one.Shape}", "a mapping, as *NAME, or a list of them");
                continue;
            }

            entries.AddRange(map.Entries.Where(entry => known.TryAdd(entry.Name, entry.Key.Position)));
        }
    }

    private YamlNode Follow(AnchorAlias alias, int depth)
    {
        string name = alias.Value.Value;
        if (!anchors.TryGetValue(name, out YamlNode? target))
        {
            isWhole = false;
            string? nearest = errors.Guess(name, anchors.Keys);
            errors.Add(
                At(alias.Start),
                $"unknown alias {Printable.Quoted(name)}",
                "the name of an anchor before it",
                nearest
            );
            return new YamlText(At(alias.Start), "", isPlain: true);
        }

        if (depth + target.Height - 1 > DeepestNesting)
        {
            throw new UnreadableException(
                At(alias.Start),
                "values are nested too deeply, aliases followed",
                $"up to {DeepestNesting} levels"
            );
        }

        Grow(target.Size, At(alias.Start));
        return target;
    }

    private void Grow(int more, Position at)
    {
        size += more;
        if (size > sizeLimit)
        {
            throw new UnreadableException(
                at,
                "too many values, aliases followed",
                $"up to {YamlFile.MostValues} in all files"
            );
        }
    }

    private Position At(Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    private sealed class UnreadableException(Position at, string problem, string? accepted = null) : Exception(problem)
    {
        public Position At => at;

        public string? Accepted => accepted;
    }
}
