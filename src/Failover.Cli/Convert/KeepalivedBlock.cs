using System.Text;

namespace Failover;

/// <summary>A statement of a configuration of keepalived: words, and in braces what belongs to it.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Words">Its words, at least one.</param>
/// <param name="Inner">What is in its braces.</param>
internal sealed record KeepalivedBlock(int Line, IReadOnlyList<string> Words, IReadOnlyList<KeepalivedBlock> Inner)
{
    public string Name => Words[0];

    public string Text => string.Join(' ', Words);

    /// <summary>The value behind a word; empty where there is none, null where the word is not there. The last one counts.</summary>
    public string? this[string word] =>
        Inner.LastOrDefault(one => one.Name == word) is { } found ? string.Join(' ', found.Words.Skip(1)) : null;

    public IEnumerable<KeepalivedBlock> All(string word) => Inner.Where(one => one.Name == word);

    /// <summary>The statements of a file.</summary>
    public static IReadOnlyList<KeepalivedBlock> Read(string text)
    {
        Queue<(int Line, string Word)> tokens = new(Tokens(text));
        return Statements(tokens, depth: 0);
    }

    private const int DeepestNesting = 20;
    private const string End = "\n";

    private static List<KeepalivedBlock> Statements(Queue<(int Line, string Word)> tokens, int depth)
    {
        List<KeepalivedBlock> found = [];
        List<string> words = [];
        int first = 0;
        while (tokens.TryDequeue(out (int Line, string Word) token) && !(token.Word == "}" && depth > 0))
        {
            // A brace may stand in the next line.
            bool opensLater = token.Word == End && words.Count > 0 && NextIsBrace(tokens);
            if (token.Word == "{" && words.Count > 0 && depth < DeepestNesting)
            {
                found.Add(new(first, words, Statements(tokens, depth + 1)));
                words = [];
            }
            else if (token.Word == End)
            {
                if (words.Count > 0 && !opensLater)
                {
                    found.Add(new(first, words, []));
                    words = [];
                }
            }
            else
            {
                first = words.Count == 0 ? token.Line : first;
                words.Add(token.Word);
            }
        }

        if (words.Count > 0)
        {
            found.Add(new(first, words, []));
        }

        return found;
    }

    private static bool NextIsBrace(Queue<(int Line, string Word)> tokens) =>
        tokens.SkipWhile(token => token.Word == End).FirstOrDefault().Word == "{";

    private static IEnumerable<(int Line, string Word)> Tokens(string text)
    {
        int line = 1;
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            bool isBare = quote == '\0';
            if (isBare && letter is '#' or '!')
            {
                // A comment only where a word would begin; within one, as in a URL, it is a letter.
                if (word is null)
                {
                    while (i + 1 < text.Length && text[i + 1] != '\n')
                    {
                        i++;
                    }

                    continue;
                }
            }

            if (letter == quote || (isBare && letter is '"' or '\''))
            {
                quote = isBare ? letter : '\0';
                word ??= new();
            }
            else if (isBare && (char.IsWhiteSpace(letter) || letter is '{' or '}'))
            {
                if (word is not null)
                {
                    yield return (line, word.ToString());
                    word = null;
                }

                if (letter is '{' or '}' or '\n')
                {
                    yield return (line, letter.ToString());
                }
            }
            else
            {
                (word ??= new()).Append(letter);
            }

            line += letter == '\n' ? 1 : 0;
        }

        if (word is not null)
        {
            yield return (line, word.ToString());
        }
    }
}
