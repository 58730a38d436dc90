using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Bytes as text: what is printable in ASCII as it is, the rest escaped.</summary>
internal static class EscapedBytes
{
    // Each letter behind a backslash, and its byte.
    private const string Letters = @"rnt0\";
    private const string Meant = "\r\n\t\0\\";

    /// <summary>The bytes that a text stands for; null where one of its escapes is none.</summary>
    public static byte[]? Parse(string text)
    {
        List<byte> bytes = [];
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                int next = text.IndexOf('\\', at);
                string plain = text[at..(next < 0 ? text.Length : next)];
                bytes.AddRange(Encoding.UTF8.GetBytes(plain));
                at += plain.Length - 1;
            }
            else if (
                at + 1 < text.Length
                && Letters.IndexOf(text[at + 1], StringComparison.Ordinal) is >= 0 and var letter
            )
            {
                bytes.Add((byte)Meant[letter]);
                at++;
            }
            else if (
                at + 3 < text.Length
                && text[at + 1] == 'x'
                && byte.TryParse(
                    text.AsSpan(at + 2, 2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out byte value
                )
            )
            {
                bytes.Add(value);
                at += 3;
            }
            else
            {
                return null;
            }
        }

        return [.. bytes];
    }

    /// <summary>The one text of these bytes, which <see cref="Parse"/> reads again.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte one in bytes)
        {
            int letter = Meant.IndexOf((char)one, StringComparison.Ordinal);
            _ =
                letter >= 0 ? text.Append('\\').Append(Letters[letter])
                : one is >= 0x20 and < 0x7f ? text.Append((char)one)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return text.ToString();
    }
}
