using System.Buffers;

namespace Failover;

// Flow collections that begin and end on one line.
internal sealed partial class YamlLines
{
    // What has a meaning within a flow collection, wherever it stands, or may have one; a colon has one before a space.
    private static readonly SearchValues<char> Indicators = SearchValues.Create(",[]{}#\"'");

    private YamlNode ReadFlow(int depth)
    {
        builder.Begin(depth, Here);
        return text[at] == '{' ? ReadFlowMap(depth) : ReadFlowList(depth);
    }

    private YamlMap ReadFlowMap(int depth)
    {
        YamlBuilder.Mapping map = builder.BeginMap(Start());
        at++;
        SkipSpaces();
        while (!IsAt('}'))
        {
            Position here = Here;
            YamlText key = ReadKey(depth + 1);
            if (!IsAt(' '))
            {
                throw new ForTheParserException();
            }

            SkipSpaces();
            map.Add(here, key, ReadFlowValue(depth + 1));
            PassComma('}');
        }

        at++;
        return map.End();
    }

    private YamlList ReadFlowList(int depth)
    {
        (Position start, int first) = (Start(), items.Count);
        at++;
        SkipSpaces();
        while (!IsAt(']'))
        {
            items.Add(ReadFlowValue(depth + 1));
            PassComma(']');
        }

        at++;
        return new(start, TakeItems(first));
    }

    private YamlNode ReadFlowValue(int depth)
    {
        if (at == end)
        {
            throw new ForTheParserException();
        }

        return text[at] switch
        {
            '{' or '[' => ReadFlow(depth),
            '"' or '\'' => ReadQuoted(depth),
            '*' => ReadAlias(depth),
            _ => ReadFlowPlain(depth),
        };
    }

    private YamlText ReadFlowPlain(int depth)
    {
        if (!Name.Contains(text[at]) || IsDash())
        {
            throw new ForTheParserException();
        }

        ReadOnlySpan<char> rest = text.AsSpan(at, end - at);
        int length = rest.IndexOfAny(Indicators);
        if (length < 0 || rest[length] is not (',' or ']' or '}'))
        {
            throw new ForTheParserException();
        }

        rest = rest[..length].TrimEnd(' ');
        // "a: b" is a mapping, and of "a:" before a bracket only the parser knows.
        if (rest.Contains(": ", StringComparison.Ordinal) || rest[^1] == ':')
        {
            throw new ForTheParserException();
        }

        YamlText value = Plain(rest.Length, depth);
        at += rest.Length;
        return value;
    }

    // Between two entries, or before the end; no comma stands before that.
    private void PassComma(char closing)
    {
        SkipSpaces();
        if (IsAt(closing))
        {
            return;
        }

        if (!IsAt(','))
        {
            throw new ForTheParserException();
        }

        at++;
        SkipSpaces();
        if (at == end || text[at] == closing)
        {
            throw new ForTheParserException();
        }
    }

    private bool IsAt(char sought) => at < end && text[at] == sought;
}
