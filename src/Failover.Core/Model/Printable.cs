using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Text from outside as it may be shown in a log line, in a message or on a terminal.</summary>
internal static class Printable
{
    // A line of a log stays a line: what a peer sends may be long.
    private const int LongestText = 500;

    /// <summary>How many characters are shown of a text that is one among others in a line: of what a peer sent, or of what was
    /// expected.</summary>
    public const int LongestExcerpt = 60;

    private const char ZeroWidthJoiner = '\u200d';
    private const char EmojiPresentation = '\ufe0f';

    /// <summary>The text with control characters, line separators, direction marks and lone surrogates as \uXXXX, cut at
    /// <paramref name="longest"/> characters. Emoji and other characters outside the basic plane stay as they are.</summary>
    public static string Escape(string text, int longest = LongestText)
    {
        if (text.Length <= longest && !text.Any(IsUnprintable))
        {
            return text;
        }

        StringBuilder escaped = new();
        int end = Math.Min(longest, text.Length);
        // A character that takes two is not cut in half.
        if (end > 0 && end < text.Length && char.IsSurrogatePair(text, end - 1))
        {
            end--;
        }

        for (int at = 0; at < end; )
        {
            int length = at + 1 < end && char.IsSurrogatePair(text, at) ? 2 : 1;
            if (IsPrintable(text, at))
            {
                escaped.Append(text, at, length);
            }
            else
            {
                foreach (char character in text.AsSpan(at, length))
                {
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                }
            }

            at += length;
        }

        return text.Length > longest ? escaped.Append('…').ToString() : escaped.ToString();
    }

    /// <summary>The text in quotes, escaped and cut as by <see cref="Escape"/>.</summary>
    public static string Quoted(string text, int longest = LongestText) => $"\"{Escape(text, longest)}\"";

    /// <summary>The text, or its beginning, as part of a line: in quotes, cut at <see cref="LongestExcerpt"/> characters.</summary>
    public static string Excerpt(string text) => Quoted(text, LongestExcerpt);

    internal static bool IsUnprintable(char character) => IsUnprintable(char.GetUnicodeCategory(character));

    // The category of a pair of surrogates is that of the character that it encodes.
    private static bool IsPrintable(string text, int at) =>
        !IsUnprintable(CharUnicodeInfo.GetUnicodeCategory(text, at)) || JoinsEmoji(text, at);

    private static bool IsUnprintable(UnicodeCategory category) =>
        category
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;

    // A zero-width joiner between two pictures makes one of them (UTS #51, 2.2). Anywhere else it is invisible.
    private static bool JoinsEmoji(string text, int at) =>
        text[at] == ZeroWidthJoiner
        && at > 0
        && at + 1 < text.Length
        && IsPicture(text, at > 1 && char.IsSurrogatePair(text, at - 2) ? at - 2 : at - 1)
        && IsPicture(text, at + 1);

    private static bool IsPicture(string text, int at) =>
        text[at] == EmojiPresentation
        || CharUnicodeInfo.GetUnicodeCategory(text, at)
            is UnicodeCategory.OtherSymbol
                or UnicodeCategory.ModifierSymbol;
}
