using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Failover;

/// <summary>Makes nodes with positions of a YAML text. Its mistakes are collected; a text that is no YAML, or has holes, gives null.</summary>
internal sealed class YamlReader
{
    // The schema's own tags say nothing that a text does not; any other would be passed over in silence.
    private const string CoreTags = "tag:yaml.org,2002:";

    private readonly string file;
    private readonly YamlBuilder builder;
    private readonly Parser parser;

    private YamlReader(string file, string text, ConfigurationErrors errors, YamlBudget budget)
    {
        this.file = file;
        builder = new(budget, errors);
        parser = new(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads the one document that the text is.</summary>
    /// <param name="file">What the text is called in errors.</param>
    /// <param name="text">The text.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="budget">How many values there may be in this and other files; left out, as many as in one.</param>
    /// <param name="blocks">Takes the lines of its components; left out, nobody asks.</param>
    /// <remarks>Most files, and nearly all that are large, consist of lines that need no parser. With one mistake in it, or with anything
    /// else, the parser reads it from the start.</remarks>
    public static YamlNode? Read(
        string file,
        string text,
        ConfigurationErrors errors,
        YamlBudget? budget = null,
        YamlBlocks? blocks = null
    )
    {
        budget ??= new();
        if (YamlLines.TryRead(file, text, budget, errors, out YamlNode? root, blocks))
        {
            return root;
        }

        blocks?.Clear();
        return Parse(file, text, errors, budget);
    }

    /// <summary>The same by the parser alone.</summary>
    public static YamlNode? Parse(string file, string text, ConfigurationErrors errors, YamlBudget budget)
    {
        YamlReader reader = new(file, text, errors, budget);
        try
        {
            YamlNode root = reader.ReadDocument();
            // What is missing has been reported, and what would be said about the hole is of no use.
            return reader.builder.IsWhole ? root : null;
        }
        catch (UnreadableYamlException unreadable)
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
            throw new UnreadableYamlException(new(file, 1, 1), "the file is empty", "a mapping");
        }

        parser.Consume<DocumentStart>();
        YamlNode root = ReadNode(depth: 1);
        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _)
            ? root
            : throw new UnreadableYamlException(Here, "a second document begins", "one document in a file");
    }

    private YamlNode ReadNode(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            YamlBuilder.CheckDepth(depth, At(alias.Start));
            return builder.Follow(alias.Value.Value, At(alias.Start), depth);
        }

        NodeEvent start = parser.Current as NodeEvent ?? throw new UnreadableYamlException(Here, "this is no YAML");
        builder.Begin(depth, Here);
        if (
            !start.Tag.IsEmpty
            && !start.Tag.IsNonSpecific
            && !start.Tag.Value.StartsWith(CoreTags, StringComparison.Ordinal)
        )
        {
            builder.Miss(At(start.Start), $"unknown tag {Printable.Quoted(start.Tag.Value)}", "values without a tag");
        }

        YamlNode node = start switch
        {
            Scalar scalar => ReadText(scalar),
            SequenceStart => ReadList(start, depth),
            MappingStart => ReadMap(start, depth),
            _ => throw new UnreadableYamlException(Here, "this is no YAML"),
        };
        if (!start.Anchor.IsEmpty)
        {
            builder.Name(start.Anchor.Value, node);
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
        YamlBuilder.Mapping map = builder.BeginMap(At(start.Start));
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Position at = Here;
            YamlNode key = ReadNode(depth + 1);
            map.Add(at, key, ReadNode(depth + 1));
        }

        return map.End();
    }

    private Position At(Mark mark) => new(file, (int)mark.Line, (int)mark.Column);
}
