using System.Buffers;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>An unambiguous form of a text, in one line.</summary>
internal static class EscapedText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:%@+~[]"
    );

    /// <summary>As it is where nothing in it could be misread; else in quotes and escaped, never cut.</summary>
    public static string Of(string text)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        StringBuilder exact = new("\"");
        foreach (char letter in text)
        {
            if (letter is '"' or '\\')
            {
                exact.Append('\\').Append(letter);
            }
            else if (Printable.IsUnprintable(letter))
            {
                exact.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                exact.Append(letter);
            }
        }

        return exact.Append('"').ToString();
    }
}
