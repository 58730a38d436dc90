using System.Text;

namespace Failover;

/// <summary>bcrypt where the system has no <see cref="Libcrypt"/>: Windows, macOS, Linux with musl.</summary>
/// <remarks>One hash at a time, as there. Call it on a thread that may wait.</remarks>
internal static class ManagedBcrypt
{
    // The library takes texts. What is no text is no password that a browser or curl sends.
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private static readonly Lock OneAtATime = new();

    /// <summary>Hashes with the salt and cost of a stored hash.</summary>
    /// <returns>Null where it cannot: a password with NUL, or one that is not UTF-8.</returns>
    public static string? Hash(ReadOnlySpan<byte> password, string setting)
    {
        if (password.Contains((byte)0))
        {
            return null;
        }

        try
        {
            string text = Strict.GetString(password);
            lock (OneAtATime)
            {
                return BCrypt.Net.BCrypt.HashPassword(text, setting);
            }
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
