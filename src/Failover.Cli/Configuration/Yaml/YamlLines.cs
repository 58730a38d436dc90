using System.Buffers;
using System.Collections.Immutable;

namespace Failover;

/// <summary>Reads what nearly all of a configuration is made of: block mappings and lists of lines with a plain or quoted text, an alias
/// or a flow collection on them. It knows only what it is sure of; whatever else is in a file, and every mistake, is for the parser, to
/// which the whole file goes then.</summary>
/// <remarks>A generated file of 10,000 components is read in a tenth of the parser's time. A test compares what the two make of a text.</remarks>
internal sealed partial class YamlLines
{
    // Nearly all that a file is made of.
    private static readonly SearchValues<char> Ascii = SearchValues.Create([
        '\n',
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code),
    ]);

    // Texts without quotes, keys and names of anchors begin with one of these; none of them means anything to YAML there.
    private static readonly SearchValues<char> Name = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+"
    );

    private readonly string file;
    private readonly string text;
    private readonly YamlBuilder builder;
    private readonly YamlBlocks? blocks;
    private readonly YamlTexts texts = new();
    private readonly List<YamlNode> items = [];

    // The line that is read: its number, where it begins in the text, where its content does, and where that ends.
    private int line;
    private int lineStart;
    private int at;
    private int end;
    private int next;
    private Position? anchorStart;

    private YamlLines(string file, string text, YamlBudget budget, YamlBlocks? blocks)
    {
        (this.file, this.text, this.blocks) = (file, text, blocks);
        builder = new(budget, errors: null);
    }

    /// <summary>Reads the one document that the text is.</summary>
    /// <param name="file">What the text is called in errors.</param>
    /// <param name="text">The text.</param>
    /// <param name="budget">How many values there may be.</param>
    /// <param name="errors">Takes that there are too many; anything else that is wrong is for the parser to say.</param>
    /// <param name="root">What was read; null where there are too many values.</param>
    /// <param name="blocks">Takes the lines of components; null where nobody asks.</param>
    /// <returns>False where the text is for the parser.</returns>
    public static bool TryRead(
        string file,
        string text,
        YamlBudget budget,
        ConfigurationErrors errors,
        out YamlNode? root,
        YamlBlocks? blocks = null
    )
    {
        root = null;
        if (HasUnusual(text))
        {
            return false;
        }

        YamlBudget left = new();
        left.Become(budget);
        try
        {
            root = new YamlLines(file, text, left, blocks).ReadDocument();
            if (root is null)
            {
                return false;
            }

            budget.Become(left);
            return true;
        }
        catch (UnreadableYamlException tooMany) when (tooMany.IsOverBudget)
        {
            // So many that the parser should not read them as well.
            errors.Add(tooMany.At, tooMany.Message, tooMany.Accepted);
            return true;
        }
        catch (UnreadableYamlException)
        {
            return false;
        }
        catch (ForTheParserException)
        {
            return false;
        }
    }

    // Letters of other alphabets are usual, but not what ends a line, is invisible or takes two.
    private static bool HasUnusual(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyExcept(Ascii) is >= 0 and var at)
        {
            if (text[at] is < '\u00a0' or '\u2028' or '\u2029' or '\ufeff' or >= '\ufffe' || char.IsSurrogate(text[at]))
            {
                return true;
            }

            text = text[(at + 1)..];
        }

        return false;
    }

    private YamlNode? ReadDocument()
    {
        if (!MoveToContent() || at != lineStart)
        {
            return null;
        }

        YamlNode root = ReadBlock(depth: 1);
        return line < 0 ? root : null;
    }

    private int Indent => at - lineStart;

    private Position Here => new(file, line, at - lineStart + 1);

    // To the next line with anything but a comment on it; false at the end, where the line is -1.
    private bool MoveToContent()
    {
        while (next < text.Length)
        {
            line++;
            lineStart = next;
            int length = text.AsSpan(next).IndexOf('\n');
            end = length < 0 ? text.Length : next + length;
            next = end + (length < 0 ? 0 : 1);
            at = lineStart;
            while (at < end && text[at] == ' ')
            {
                at++;
            }

            if (at < end && text[at] != '#')
            {
                return true;
            }
        }

        line = -1;
        return false;
    }

    // A mapping or a list, from the line that is current to the first one that is no part of it.
    private YamlNode ReadBlock(int depth)
    {
        // Three of them begin or end a document; of a percent sign nothing else is sure here either.
        if (at == lineStart && end - at >= 3 && text.AsSpan(at, 3) is "---" or "...")
        {
            throw new ForTheParserException();
        }

        builder.Begin(depth, Here);
        return IsItem() ? ReadList(depth) : ReadMap(depth);
    }

    private bool IsItem() => text[at] == '-' && (at + 1 == end || text[at + 1] == ' ');

    private YamlList ReadList(int depth)
    {
        (Position start, int indent, int first) = (Start(), Indent, items.Count);
        while (line > 0 && Indent == indent && IsItem())
        {
            at++;
            SkipSpaces();
            // "- - a", and a dash alone, are rare.
            if (at == end || text[at] == '#' || IsItem())
            {
                throw new ForTheParserException();
            }

            string? anchor = ReadAnchor();
            if (at == end || (anchor is not null && IsKey()))
            {
                throw new ForTheParserException();
            }

            items.Add(Named(anchor, IsKey() ? ReadBlock(depth + 1) : ReadValueOfLine(depth + 1, indent)));
        }

        return End(start, first, indent);
    }

    private YamlList End(Position start, int first, int indent)
    {
        if (line > 0 && Indent > indent)
        {
            throw new ForTheParserException();
        }

        return new(start, TakeItems(first));
    }

    private ImmutableArray<YamlNode> TakeItems(int first)
    {
        ImmutableArray<YamlNode> taken = [.. items[first..]];
        items.RemoveRange(first, items.Count - first);
        return taken;
    }

    private YamlMap ReadMap(int depth)
    {
        int indent = Indent;
        YamlBuilder.Mapping map = builder.BeginMap(Start());
        while (line > 0 && Indent == indent && !IsItem())
        {
            Position here = Here;
            YamlText key = ReadKey(depth + 1);
            bool areComponents = depth == 1 && blocks is not null && key.Text == FileKeys.Components;
            map.Add(here, key, areComponents ? ReadComponents(indent) : ReadValue(depth + 1, indent));
        }

        return line > 0 && Indent > indent ? throw new ForTheParserException() : map.End();
    }

    private bool IsKey()
    {
        int colon = at + LengthOfName();
        return colon > at && colon < end && text[colon] == ':' && (colon + 1 == end || text[colon + 1] == ' ');
    }

    private int LengthOfName()
    {
        int length = text.AsSpan(at, end - at).IndexOfAnyExcept(Name);
        length = length < 0 ? end - at : length;
        // The key of a merge.
        return length == 0 && end - at > 2 && text.AsSpan(at, 2) is "<<" ? 2 : length;
    }

    private YamlText ReadKey(int depth)
    {
        // Far below the length up to which YAML takes a text for a key.
        if (!IsKey() || text[at] is '-' or '.' || LengthOfName() is var length && length > 200)
        {
            throw new ForTheParserException();
        }

        YamlText key = Plain(length, depth);
        at += length + 1;
        return key;
    }

    // What follows a key of a block mapping: on its line, or on those below.
    private YamlNode ReadValue(int depth, int indent)
    {
        SkipSpaces();
        string? anchor = ReadAnchor();
        YamlNode value;
        if (at < end && text[at] != '#')
        {
            value = ReadValueOfLine(depth, indent);
        }
        else
        {
            // A list may stand where its key does.
            if (!MoveToContent() || Indent < indent || (Indent == indent && !IsItem()))
            {
                throw new ForTheParserException();
            }

            value = ReadBlock(depth);
        }

        return Named(anchor, value);
    }

    // A text, an alias or a flow collection: the last thing on its line.
    private YamlNode ReadValueOfLine(int depth, int indent)
    {
        YamlNode value = text[at] switch
        {
            '{' or '[' => ReadFlow(depth),
            '"' or '\'' => ReadQuoted(depth),
            '*' => ReadAlias(depth),
            _ => ReadPlainToEnd(depth),
        };
        SkipSpaces();
        if (at < end && (text[at] != '#' || text[at - 1] != ' '))
        {
            throw new ForTheParserException();
        }

        // What is further to the right belongs to a text of several lines, or is a mistake.
        return MoveToContent() && Indent > indent ? throw new ForTheParserException() : value;
    }

    private void SkipSpaces()
    {
        while (at < end && text[at] == ' ')
        {
            at++;
        }
    }

    /// <summary>Something that is for the parser.</summary>
    private sealed class ForTheParserException : Exception;
}
