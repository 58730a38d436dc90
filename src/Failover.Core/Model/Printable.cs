using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Text from outside as it may stand in a log line, in a message or on a terminal.</summary>
internal static class Printable
{
    // A line of a log stays a line: what a peer sends may be long.
    private const int LongestText = 500;

    /// <summary>The text with control characters, line separators and direction marks as \uXXXX, cut at
    /// <paramref name="longest"/> characters.</summary>
    public static string Escape(string text, int longest = LongestText)
    {
        if (text.Length <= longest && !text.Any(IsUnprintable))
        {
            return text;
        }

        StringBuilder escaped = new();
        foreach (char character in text.Take(longest))
        {
            if (IsUnprintable(character))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return text.Length > longest ? escaped.Append('…').ToString() : escaped.ToString();
    }

    /// <summary>The text escaped and in quotes.</summary>
    public static string Quoted(string text) => $"\"{Escape(text)}\"";

    internal static bool IsUnprintable(char character) =>
        char.GetUnicodeCategory(character)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;
}
