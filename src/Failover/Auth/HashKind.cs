using System.Globalization;

namespace Failover;

/// <summary>The ways in which Apache's htpasswd hashes a password, but for plain text.</summary>
internal enum HashFormat
{
    Bcrypt,
    Apr1,
    Sha1,
    Sha256Crypt,
    Sha512Crypt,
    Des,
}

/// <summary>What decides how long a hash takes.</summary>
/// <param name="Format">The algorithm.</param>
/// <param name="Cost">bcrypt's cost, the rounds of <c>$5$</c> and <c>$6$</c>, 0 where the format fixes it.</param>
internal readonly record struct HashKind(HashFormat Format, int Cost)
{
    /// <summary>A well-formed hash of this kind that no user has. Hashing against it takes as long as against a real one.</summary>
    public string Dummy() =>
        Format switch
        {
            HashFormat.Bcrypt => string.Create(CultureInfo.InvariantCulture, $"$2y${Cost:00}${Dots(22)}{Dots(31)}"),
            HashFormat.Apr1 => $"$apr1${Dots(8)}${Dots(22)}",
            HashFormat.Sha1 => $"{{SHA}}{new string('A', 27)}=",
            HashFormat.Sha256Crypt => string.Create(
                CultureInfo.InvariantCulture,
                $"$5$rounds={Cost}${Dots(16)}${Dots(43)}"
            ),
            HashFormat.Sha512Crypt => string.Create(
                CultureInfo.InvariantCulture,
                $"$6$rounds={Cost}${Dots(16)}${Dots(86)}"
            ),
            HashFormat.Des => Dots(13),
            _ => throw new InvalidOperationException($"no such format: {Format}"),
        };

    /// <summary>The same format at its lowest cost.</summary>
    public HashKind Cheapest() =>
        Format switch
        {
            HashFormat.Bcrypt => this with { Cost = PasswordHash.LowestBcryptCost },
            HashFormat.Sha256Crypt or HashFormat.Sha512Crypt => this with { Cost = PasswordHash.FewestRounds },
            HashFormat.Apr1 or HashFormat.Sha1 or HashFormat.Des => this,
            _ => throw new InvalidOperationException($"no such format: {Format}"),
        };

    private static string Dots(int count) => new('.', count);
}
