using System.Text;

namespace Failover;

/// <summary>Texts of people within the limits of those who take them: what is too long is cut, with an ellipsis at its end.</summary>
internal static class MessageText
{
    private const char Ellipsis = '…';

    /// <summary>At most so many characters, in UTF-16.</summary>
    public static string Cut(string text, int most) => Cut(text, most, rune => rune.ToString());

    /// <summary>At most so many characters, in UTF-16, of what is written for each one.</summary>
    public static string Cut(string text, int most, Func<Rune, string> write) =>
        Cut(text, most, write, written => written.Length);

    /// <summary>At most so many bytes, in UTF-8.</summary>
    public static string CutBytes(string text, int most) =>
        Cut(text, most, rune => rune.ToString(), Encoding.UTF8.GetByteCount);

    // A lone surrogate, which no encoding carries, becomes a replacement character.
    private static string Cut(string text, int most, Func<Rune, string> write, Func<string, int> measure)
    {
        int ellipsis = measure(Ellipsis.ToString());
        StringBuilder kept = new();
        int length = 0;
        int end = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            string written = write(rune);
            length += measure(written);
            if (length > most)
            {
                kept.Length = end;
                return kept.Append(Ellipsis).ToString();
            }

            kept.Append(written);
            if (length + ellipsis <= most)
            {
                end = kept.Length;
            }
        }

        return kept.ToString();
    }
}
