using System.Text;

namespace Failover;

/// <summary>Text that Markdown shows as it is (CommonMark 0.31, 2.4): no heading, list, link or mention comes of it.</summary>
internal static class MarkdownText
{
    private const string Punctuation = "\\`*~[]<>|#!";
    private const string AtLineStart = "-+=";

    // Between an @ and a name, it is seen by nobody and ends the mention.
    private const char ZeroWidthSpace = '\u200b';

    public static string Escape(string text)
    {
        StringBuilder escaped = new();
        bool isLineStart = true;
        for (int at = 0; at < text.Length; at++)
        {
            char letter = text[at];
            bool isMarkup =
                Punctuation.Contains(letter, StringComparison.Ordinal)
                || (letter == '_' && !(IsWord(text, at - 1) && IsWord(text, at + 1)))
                || (isLineStart && AtLineStart.Contains(letter, StringComparison.Ordinal))
                || (letter is '.' or ')' && IsNumberOfList(text, at));
            escaped.Append(isMarkup ? "\\" : "").Append(letter);
            if (letter == '@')
            {
                escaped.Append(ZeroWidthSpace);
            }

            isLineStart = letter == '\n' || (isLineStart && letter == ' ');
        }

        return escaped.ToString();
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && char.IsLetterOrDigit(text[at]);

    // 1. or 1) at the beginning of a line begins a list.
    private static bool IsNumberOfList(string text, int at)
    {
        int start = at;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        return start < at && text[..start].TrimEnd(' ') is "" or [.., '\n'];
    }
}
