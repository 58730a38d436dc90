using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>A line of a configuration of HAProxy.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Words">Its words, at least one.</param>
internal sealed record HaproxyLine(int Number, IReadOnlyList<string> Words)
{
    public string Text => string.Join(' ', Words);

    /// <summary>Whether it begins with these words.</summary>
    public bool Begins(params ReadOnlySpan<string> words) =>
        words.Length <= Words.Count && Words.Take(words.Length).SequenceEqual(words.ToArray(), StringComparer.Ordinal);
}

/// <summary>A section: <c>backend NAME</c> and what is below it.</summary>
internal sealed record HaproxySection(HaproxyLine Head, IReadOnlyList<HaproxyLine> Lines)
{
    private static readonly string[] Kinds =
    [
        "backend",
        "cache",
        "crt-store",
        "defaults",
        "fcgi-app",
        "frontend",
        "global",
        "http-errors",
        "listen",
        "log-forward",
        "mailers",
        "peers",
        "program",
        "resolvers",
        "ring",
        "traces",
        "userlist",
    ];

    public string Kind => Head.Words[0];

    public string Name => Head.Words.Count > 1 ? Head.Words[1] : "";

    /// <summary>The sections of a file.</summary>
    public static IReadOnlyList<HaproxySection> Read(string text)
    {
        List<HaproxySection> sections = [];
        List<HaproxyLine> lines = [];
        string[] all = text.Split('\n');
        for (int number = 1; number <= all.Length; number++)
        {
            IReadOnlyList<string> words = HaproxyWords.Of(all[number - 1].TrimEnd('\r'));
            if (words.Count == 0)
            {
                continue;
            }

            HaproxyLine line = new(number, words);
            if (Kinds.Contains(words[0], StringComparer.Ordinal))
            {
                lines = [];
                sections.Add(new(line, lines));
            }
            else
            {
                lines.Add(line);
            }
        }

        return sections;
    }
}

/// <summary>The words of a line, as section 2.2 of HAProxy's configuration manual has them.</summary>
internal sealed class HaproxyWords
{
    private readonly string line;
    private readonly List<string> words = [];
    private StringBuilder? word;

    // A dollar of the text itself: a brace behind it, however it is written, would begin a variable in the file that is written.
    private bool endsInDollar;

    private HaproxyWords(string line) => this.line = line;

    public static IReadOnlyList<string> Of(string line) => new HaproxyWords(line).Read();

    /// <summary>The seconds of a time: milliseconds, unless a unit stands behind it; null where it is none.</summary>
    public static double? Seconds(string time)
    {
        string number = time.TrimEnd('u', 's', 'm', 'h', 'd');
        double? second = time[number.Length..] switch
        {
            "us" => 1e-6,
            "" or "ms" => 1e-3,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => null,
        };
        return double.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out double count)
            ? count * second
            : null;
    }

    private List<string> Read()
    {
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (quote == '\0' && letter == '#')
            {
                break;
            }

            if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                Take();
            }
            else if (letter == quote || (quote == '\0' && letter is '"' or '\'' && quote == '\0'))
            {
                quote = letter == quote ? '\0' : letter;
                word ??= new();
            }
            else if (letter == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                i = Escape(i + 1);
            }
            else if (letter == '$' && quote == '"')
            {
                i = Variable(i);
            }
            else
            {
                Append(letter);
            }
        }

        Take();
        return words;
    }

    private void Take()
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }

        endsInDollar = false;
    }

    private void Append(char letter)
    {
        (word ??= new()).Append(letter == '{' && endsInDollar ? "${" : letter.ToString());
        endsInDollar = letter == '$';
    }

    private int Escape(int at)
    {
        bool isHex =
            line[at] == 'x'
            && at + 2 < line.Length
            && char.IsAsciiHexDigit(line[at + 1])
            && char.IsAsciiHexDigit(line[at + 2]);
        Append(
            line[at] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'x' when isHex => (char)Convert.ToByte(line.Substring(at + 1, 2), 16),
                // Before any other letter, as in a regular expression, the backslash stays.
                ' ' or '\\' or '#' or '"' or '\'' or '$' => line[at],
                _ => '\\',
            }
        );
        if (isHex)
        {
            return at + 2;
        }

        return line[at] is 'n' or 'r' or 't' or ' ' or '\\' or '#' or '"' or '\'' or '$' ? at : at - 1;
    }

    // "${NAME}" or "$NAME".
    private int Variable(int at)
    {
        bool isBraced = at + 1 < line.Length && line[at + 1] == '{';
        int start = at + (isBraced ? 2 : 1);
        int end = start;
        while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_'))
        {
            end++;
        }

        if (end == start)
        {
            Append(line[at]);
            return at;
        }

        (word ??= new()).Append("${env:").Append(line.AsSpan(start, end - start)).Append('}');
        endsInDollar = false;
        return isBraced && end < line.Length && line[end] == '}' ? end : end - 1;
    }
}
