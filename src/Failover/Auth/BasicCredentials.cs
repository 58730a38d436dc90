using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>User and password of an <c>Authorization: Basic</c> header (RFC 7617). Wipes the password when disposed.</summary>
/// <remarks>No record: a record prints its members.</remarks>
internal sealed class BasicCredentials : IDisposable
{
    /// <summary>The longest header value that is parsed, in bytes: 1 KiB.</summary>
    public const int LongestHeader = 1024;

    private const string Scheme = "Basic ";

    private static readonly SearchValues<char> Base64Digits = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    );

    private readonly byte[] password;

    private BasicCredentials(string user, byte[] password)
    {
        User = user;
        this.password = password;
    }

    /// <summary>What is before the first colon.</summary>
    public string User { get; }

    /// <summary>What stands after it, as sent; zeros once disposed.</summary>
    public ReadOnlyMemory<byte> Password => password;

    /// <summary>Reads the header.</summary>
    /// <returns>Null unless it is one single value of at most <see cref="LongestHeader"/> bytes, of the scheme Basic, in
    /// padded base64, of valid UTF-8 with a colon.</returns>
    public static BasicCredentials? Parse(StringValues header)
    {
        if (
            header.Count != 1
            || header[0] is not { Length: <= LongestHeader } value
            || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }

        // RFC 9110 §11.4: one or more spaces. The decoder would skip white space inside, which is not well-formed.
        ReadOnlySpan<char> encoded = value.AsSpan(Scheme.Length).Trim(' ');
        if (encoded.ContainsAnyExcept(Base64Digits))
        {
            return null;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        try
        {
            if (!Convert.TryFromBase64Chars(encoded, decoded, out int length))
            {
                return null;
            }

            ReadOnlySpan<byte> pair = decoded.AsSpan(0, length);
            int colon = pair.IndexOf((byte)':');
            return colon < 0 || !Utf8.IsValid(pair)
                ? null
                : new(Encoding.UTF8.GetString(pair[..colon]), pair[(colon + 1)..].ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(password);
}
