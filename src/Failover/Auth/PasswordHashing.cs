using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Failover;

/// <summary>Hashes a password in the way of a stored hash, as crypt(3) does: with that hash's format, salt and cost.</summary>
/// <returns>A text that equals <paramref name="stored"/> if the password is right; null where it cannot be hashed so.</returns>
internal delegate string? Hasher(ReadOnlySpan<byte> password, PasswordHash stored);

/// <summary>The real <see cref="Hasher"/>, and how its outcome is compared.</summary>
internal static class PasswordHashing
{
    // What the formats use; the rest of a password counts for nothing, in Apache too. Cut here because crypt_r takes
    // no password of 512 bytes or more at all.
    private const int BytesOfBcrypt = 72;
    private const int BytesOfDes = 8;

    public static string? Hash(ReadOnlySpan<byte> password, PasswordHash stored) =>
        stored.Kind.Format switch
        {
            HashFormat.Apr1 => Apr1.Hash(password, stored.Text),
            HashFormat.Sha1 => Sha1(password),
            HashFormat.Bcrypt when !Libcrypt.IsAvailable => ManagedBcrypt.Hash(password, stored.Text),
            HashFormat.Bcrypt => OfLibcrypt(UpTo(BytesOfBcrypt, password), stored),
            HashFormat.Des => OfLibcrypt(UpTo(BytesOfDes, password), stored),
            HashFormat.Sha256Crypt or HashFormat.Sha512Crypt => OfLibcrypt(password, stored),
            _ => throw new InvalidOperationException($"no such format: {stored.Kind.Format}"),
        };

    /// <summary>Whether two hashes are the same, in a time that does not tell how far they agree.</summary>
    public static bool AreSame(string? computed, string stored) =>
        computed is not null
        && CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(computed.AsSpan()),
            MemoryMarshal.AsBytes(stored.AsSpan())
        );

    private static string? OfLibcrypt(ReadOnlySpan<byte> password, PasswordHash stored) =>
        Libcrypt.IsAvailable
            ? Libcrypt.Hash(password, stored.Text)
            : throw new DllNotFoundException($"there is no {Libcrypt.Library}");

    private static ReadOnlySpan<byte> UpTo(int bytes, ReadOnlySpan<byte> password) =>
        password.Length <= bytes ? password : password[..bytes];

#pragma warning disable CA5350 // htpasswd -s is SHA-1 and nothing else; the user list warns of it.
    private static string Sha1(ReadOnlySpan<byte> password) =>
        $"{{SHA}}{Convert.ToBase64String(SHA1.HashData(password))}";
#pragma warning restore CA5350
}
