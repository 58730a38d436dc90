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

    /// <summary>What is behind its name.</summary>
    public string Value => string.Join(' ', Words.Skip(1));

    /// <summary>The value behind a word; empty where there is none, null where the word is not there. The last one counts.</summary>
    public string? this[string word] => Last(word)?.Value;

    /// <summary>The last statement that begins with a word.</summary>
    public KeepalivedBlock? Last(string word) => Inner.LastOrDefault(one => one.Name == word);

    public IEnumerable<KeepalivedBlock> All(string word) => Inner.Where(one => one.Name == word);

    /// <summary>The statements of a file.</summary>
    public static IReadOnlyList<KeepalivedBlock> Read(string text)
    {
        Queue<Token> tokens = new(Tokens(text, isCommand: false));
        return Statements(tokens, depth: 0);
    }

    /// <summary>The program and the arguments of a statement such as <c>script</c>: its words or, where it is one, the words in that, in
    /// which there are no comments and no braces. It is started without a shell.</summary>
    public IEnumerable<string> Command =>
        Words is [_, var command] ? Tokens(command, isCommand: true).Select(token => token.Word) : Words.Skip(1);

    private const int DeepestNesting = 20;
    private const char End = '\n';

    private static List<KeepalivedBlock> Statements(Queue<Token> tokens, int depth)
    {
        List<KeepalivedBlock> found = [];
        List<string> words = [];
        int first = 0;
        while (tokens.TryDequeue(out Token token) && !(token.Is('}') && depth > 0))
        {
            // A brace may stand in the next line.
            bool opensLater = token.Is(End) && words.Count > 0 && NextIsBrace(tokens);
            if (token.Is('{') && words.Count > 0 && depth < DeepestNesting)
            {
                found.Add(new(first, words, Statements(tokens, depth + 1)));
                words = [];
            }
            else if (token.Is(End))
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

    private static bool NextIsBrace(Queue<Token> tokens) =>
        tokens.SkipWhile(token => token.Is(End)).FirstOrDefault().Is('{');

    // A mark is a brace or the end of a line; the same letter in quotes is a word.
    private readonly record struct Token(int Line, string Word, bool IsMark)
    {
        public bool Is(char mark) => IsMark && Word[0] == mark;
    }

    private static IEnumerable<Token> Tokens(string text, bool isCommand)
    {
        int line = 1;
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            bool isBare = quote == '\0';
            // A comment only where a word would begin; within one, as in a URL, it is a letter.
            if (isBare && !isCommand && word is null && letter is '#' or '!')
            {
                while (i + 1 < text.Length && text[i + 1] != End)
                {
                    i++;
                }

                continue;
            }

            if (letter == quote || (isBare && letter is '"' or '\''))
            {
                quote = isBare ? letter : '\0';
                word ??= new();
            }
            else if (isBare && (char.IsWhiteSpace(letter) || (!isCommand && letter is '{' or '}')))
            {
                if (word is not null)
                {
                    yield return new(line, Text(word), IsMark: false);
                    word = null;
                }

                if (!isCommand && letter is '{' or '}' or End)
                {
                    yield return new(line, letter.ToString(), IsMark: true);
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
            yield return new(line, Text(word), IsMark: false);
        }

        // Its parameters are not evaluated, and in the file that is written ${ would be a variable.
        string Text(StringBuilder letters) =>
            isCommand ? letters.ToString() : ConvertedText.Literal(letters.ToString());
    }
}
