using System.Buffers;
using System.Text;

namespace Failover;

/// <summary>The path of a request, taken from the bytes that the client sent: compared ordinally after one
/// percent-decoding, so that no dot segment, double slash or other case is an alias.</summary>
/// <remarks>Servers decode and shorten paths before an application sees them; that is why the raw target is read.</remarks>
internal static class RequestTarget
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );
    private static readonly SearchValues<char> AuthorityEnd = SearchValues.Create("/?#");

    /// <summary>The path of a target in origin form (<c>/mail?x</c>) or absolute form (<c>http://host/mail</c>), still
    /// encoded; empty for any other form.</summary>
    public static ReadOnlySpan<char> Path(ReadOnlySpan<char> target)
    {
        if (!target.StartsWith('/'))
        {
            int scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
            {
                return [];
            }

            // A slash behind the ? belongs to the query: such a target has no path.
            target = target[(scheme + 3)..];
            int authority = target.IndexOfAny(AuthorityEnd);
            target = authority < 0 || target[authority] != '/' ? [] : target[authority..];
        }

        int end = target.IndexOf('?');
        return end < 0 ? target : target[..end];
    }

    /// <summary>Decodes once.</summary>
    /// <returns>Null for an escape that is none, or bytes that are not UTF-8: no component has such a name.</returns>
    public static string? Decode(ReadOnlySpan<char> path)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        int length = 0;
        while (!path.IsEmpty)
        {
            if (path[0] != '%')
            {
                length += Encoding.UTF8.GetBytes(path[..1], bytes.AsSpan(length));
                path = path[1..];
            }
            else if (path.Length >= 3 && char.IsAsciiHexDigit(path[1]) && char.IsAsciiHexDigit(path[2]))
            {
                bytes[length++] = Convert.FromHexString(path[1..3])[0];
                path = path[3..];
            }
            else
            {
                return null;
            }
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
