using System.Buffers;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Texts as YAML says them.</summary>
internal static class YamlScalar
{
    // Of these alone, no text begins a comment, a mapping, a list, an anchor or a tag, in flow style neither.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+"
    );

    /// <summary>A text without quotes where nothing in it could be misread; else in quotes and escaped.</summary>
    public static string Of(string text)
    {
        bool isPlain =
            text.Length > 0
            && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '/')
            && !text.AsSpan().ContainsAnyExcept(Plain);
        // YAML's word for nothing.
        return isPlain && !string.Equals(text, "null", StringComparison.OrdinalIgnoreCase) ? text : Quoted(text);
    }

    /// <summary>A text in quotes, and escaped.</summary>
    public static string Quoted(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char letter in text)
        {
            quoted.Append(
                letter switch
                {
                    '"' or '\\' => $"\\{letter}",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ when char.IsSurrogate(letter) || !Printable.IsUnprintable(letter) => letter.ToString(),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                }
            );
        }

        return quoted.Append('"').ToString();
    }
}
