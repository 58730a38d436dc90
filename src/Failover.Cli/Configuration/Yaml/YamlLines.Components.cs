namespace Failover;

// The components of a file, each with its lines: those whose lines are known are passed over.
internal sealed partial class YamlLines
{
    private const int DepthOfComponents = 2;

    // What follows the key "components", in block style; anything else is read as any other value.
    private YamlNode ReadComponents(int indent)
    {
        SkipSpaces();
        if (at < end && text[at] != '#')
        {
            return ReadValue(DepthOfComponents, indent);
        }

        if (!MoveToContent() || Indent <= indent || IsItem())
        {
            throw new ForTheParserException();
        }

        builder.Begin(DepthOfComponents, Here);
        int inner = Indent;
        YamlBuilder.Mapping map = builder.BeginMap(Start());
        while (line > 0 && Indent == inner && !IsItem())
        {
            Position here = Here;
            (YamlText key, YamlNode value) = ReadComponent(inner);
            map.Add(here, key, value);
        }

        return line > 0 && Indent > inner ? throw new ForTheParserException() : map.End();
    }

    private (YamlText Key, YamlNode Value) ReadComponent(int indent)
    {
        (int start, int stop) = (lineStart, EndOfBlock(indent));
        UInt128 hash = KnownComponents.HashOf(text.AsSpan(start, stop - start));
        (int left, int references) = (builder.Left, builder.References);
        YamlText key = ReadKey(DepthOfComponents + 1);
        YamlNode value;
        int? known = blocks!.Find(hash);
        if (known is { } index)
        {
            // Where a block ends, its last value does: no text here has several lines.
            builder.Pass(blocks.Known[index].Values - (left - builder.Left), key.Position);
            while (MoveToContent() && lineStart < stop) { }
            value = YamlKnown.Instance;
        }
        else
        {
            value = ReadValue(DepthOfComponents + 1, indent);
        }

        blocks.Add(new(key.Text, start, stop, hash, left - builder.Left, known, builder.References == references));
        return (key, value);
    }

    // Where the next line begins that is no further to the right and holds more than a comment.
    private int EndOfBlock(int indent)
    {
        int start = next;
        while (start < text.Length)
        {
            ReadOnlySpan<char> rest = text.AsSpan(start);
            int content = rest.IndexOfAnyExcept(' ');
            if (content < 0)
            {
                break;
            }

            if (content <= indent && rest[content] is not ('\n' or '#'))
            {
                return start;
            }

            int length = rest[content..].IndexOf('\n');
            if (length < 0)
            {
                break;
            }

            start += content + length + 1;
        }

        return text.Length;
    }
}
