namespace Failover;

// Texts, aliases and anchors, all of one line.
internal sealed partial class YamlLines
{
    private YamlText ReadPlainToEnd(int depth)
    {
        if (!Name.Contains(text[at]) || IsDash())
        {
            throw new ForTheParserException();
        }

        ReadOnlySpan<char> rest = text.AsSpan(at, end - at);
        int comment = rest.IndexOf(" #");
        rest = (comment < 0 ? rest : rest[..comment]).TrimEnd(' ');
        if (rest.Contains(": ", StringComparison.Ordinal) || rest[^1] == ':')
        {
            throw new ForTheParserException();
        }

        YamlText value = Plain(rest.Length, depth);
        at += rest.Length;
        return value;
    }

    // "-1" is a text, and "- 1" is not.
    private bool IsDash() => text[at] == '-' && (at + 1 == end || !Name.Contains(text[at + 1]));

    private YamlText Plain(int length, int depth)
    {
        Position here = Start();
        builder.Begin(depth, here);
        return new(here, texts.Of(text.AsSpan(at, length)), isPlain: true);
    }

    private YamlText ReadQuoted(int depth)
    {
        Position here = Start();
        builder.Begin(depth, here);
        char quote = text[at++];
        ReadOnlySpan<char> rest = text.AsSpan(at, end - at);
        int length = rest.IndexOf(quote);
        // Escapes, and a text of several lines.
        if (
            length < 0
            || (quote == '"' && rest[..length].Contains('\\'))
            || (quote == '\'' && length + 1 < rest.Length && rest[length + 1] == quote)
        )
        {
            throw new ForTheParserException();
        }

        at += length + 1;
        return new(here, texts.Of(rest[..length]), isPlain: false);
    }

    private YamlNode ReadAlias(int depth)
    {
        if (anchorStart is not null)
        {
            throw new ForTheParserException();
        }

        Position here = Here;
        YamlBuilder.CheckDepth(depth, here);
        return builder.Follow(ReadNameOfAnchor(), here, depth);
    }

    private string? ReadAnchor()
    {
        if (at == end || text[at] != '&')
        {
            return null;
        }

        anchorStart = Here;
        return ReadNameOfAnchor();
    }

    private YamlNode Named(string? anchor, YamlNode node)
    {
        if (anchor is not null)
        {
            builder.Name(anchor, node);
        }

        return node;
    }

    // Of the node that comes next: what has an anchor begins with it.
    private Position Start()
    {
        Position start = anchorStart ?? Here;
        anchorStart = null;
        return start;
    }

    private string ReadNameOfAnchor()
    {
        at++;
        int length = text.AsSpan(at, end - at).IndexOfAnyExcept(Name);
        length = length < 0 ? end - at : length;
        if (length == 0)
        {
            throw new ForTheParserException();
        }

        string name = text.Substring(at, length);
        at += length;
        if (at < end && text[at] != ' ' && text[at] is not (',' or ']' or '}'))
        {
            throw new ForTheParserException();
        }

        SkipSpaces();
        return name;
    }
}
