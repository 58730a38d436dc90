using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>Apache's variant of the MD5 crypt, <c>$apr1$</c>: a thousand rounds of MD5 over password and salt.</summary>
internal static class Apr1
{
    private const string Magic = "$apr1$";
    private const int Rounds = 1000;
    private const string Digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // The digest's bytes in the order in which the text takes them, three to four digits, lowest six bits first.
    private static readonly int[][] Order =
    [
        [12, 6, 0],
        [13, 7, 1],
        [14, 8, 2],
        [15, 9, 3],
        [5, 10, 4],
        [11],
    ];

    /// <summary>Hashes with the salt of a stored hash.</summary>
    /// <param name="password">As sent.</param>
    /// <param name="stored">A well-formed <c>$apr1$salt$…</c>.</param>
    public static string Hash(ReadOnlySpan<byte> password, string stored)
    {
        string saltText = stored[Magic.Length..stored.LastIndexOf('$')];
        byte[] salt = Encoding.ASCII.GetBytes(saltText);
        using MixedMd5 mix = new();
        byte[] digest = FirstDigest(mix, password, salt);
        for (int round = 0; round < Rounds; round++)
        {
            bool isOdd = round % 2 == 1;
            mix.Add(isOdd ? password : digest);
            mix.Add(round % 3 == 0 ? [] : salt);
            mix.Add(round % 7 == 0 ? [] : password);
            mix.Add(isOdd ? digest : password);
            mix.TakeInto(digest);
        }

        return $"{Magic}{saltText}${Text(digest)}";
    }

    private static byte[] FirstDigest(MixedMd5 mix, ReadOnlySpan<byte> password, byte[] salt)
    {
        byte[] inner = new byte[MD5.HashSizeInBytes];
        mix.Add(password);
        mix.Add(salt);
        mix.Add(password);
        mix.TakeInto(inner);

        mix.Add(password);
        mix.Add(Encoding.ASCII.GetBytes(Magic));
        mix.Add(salt);
        for (int left = password.Length; left > 0; left -= inner.Length)
        {
            mix.Add(inner.AsSpan(0, Math.Min(left, inner.Length)));
        }

        // For each bit of the length, lowest first: a zero byte where it is set, else the password's first.
        for (int bits = password.Length; bits > 0; bits >>= 1)
        {
            mix.Add((bits & 1) == 1 ? [0] : password[..1]);
        }

        byte[] digest = new byte[MD5.HashSizeInBytes];
        mix.TakeInto(digest);
        return digest;
    }

    private static string Text(byte[] digest)
    {
        StringBuilder text = new(22);
        foreach (int[] group in Order)
        {
            int value = 0;
            for (int place = group.Length - 1; place >= 0; place--)
            {
                value = (value << 8) | digest[group[place]];
            }

            for (int digits = group.Length == 3 ? 4 : 2; digits > 0; digits--, value >>= 6)
            {
                text.Append(Digits[value & 63]);
            }
        }

        return text.ToString();
    }

    private sealed class MixedMd5 : IDisposable
    {
#pragma warning disable CA5351 // The format is MD5 by definition.
        private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351

        public void Add(ReadOnlySpan<byte> bytes) => md5.AppendData(bytes);

        public void TakeInto(byte[] digest) => md5.GetHashAndReset(digest);

        public void Dispose() => md5.Dispose();
    }
}
