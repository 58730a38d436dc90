using System.Globalization;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>One hash of a password file, well-formed and of a bearable cost.</summary>
internal sealed partial record PasswordHash(HashKind Kind, string Text)
{
    public const int LowestBcryptCost = 4;

    /// <summary>Each step doubles the time; 14 takes about a second on the machines of 2026.</summary>
    public const int HighestBcryptCost = 14;

    /// <summary>The fewest that the SHA-crypt specification and libxcrypt know.</summary>
    public const int FewestRounds = 1_000;

    /// <summary>Takes about as long as bcrypt's highest cost; the specification's own bound, 999,999,999, takes minutes.</summary>
    public const int MostRounds = 1_000_000;

    // Where a $5$ or $6$ hash names no rounds (SHA-crypt specification).
    private const int RoundsByDefault = 5_000;

    private const string Accepted =
        "bcrypt ($2y$), $apr1$, {SHA}, $5$, $6$ or DES crypt, whole, as Apache's htpasswd writes them";

    // What other programs write: worth naming. Anything else may be a password and is not repeated.
    private static readonly string[] KnownAndRefused =
    [
        "$1$",
        "$2x$",
        "$y$",
        "$gy$",
        "$7$",
        "$argon2i$",
        "$argon2d$",
        "$argon2id$",
        "{SSHA}",
        "{SMD5}",
        "{MD5}",
        "{PLAIN}",
    ];

    /// <summary>Reads a hash.</summary>
    /// <returns>The hash, or null and what is wrong with it: what was got and what is accepted, never the text itself.</returns>
    public static PasswordHash? Parse(string text, out string problem)
    {
        problem = "";
        if (BcryptForm().Match(text) is { Success: true } bcrypt)
        {
            int cost = int.Parse(bcrypt.Groups["cost"].ValueSpan, CultureInfo.InvariantCulture);
            if (cost is >= LowestBcryptCost and <= HighestBcryptCost)
            {
                return new(new(HashFormat.Bcrypt, cost), text);
            }

            problem = $"a bcrypt hash of cost {cost}; accepted: cost {LowestBcryptCost} to {HighestBcryptCost}";
            return null;
        }

        if (
            ShaCryptForm().Match(text) is { Success: true } sha
            && sha.Groups["hash"].Length == (text[1] == '5' ? 43 : 86)
        )
        {
            Group given = sha.Groups["rounds"];
            int rounds = given.Success ? int.Parse(given.ValueSpan, CultureInfo.InvariantCulture) : RoundsByDefault;
            if (rounds is >= FewestRounds and <= MostRounds)
            {
                HashFormat format = text[1] == '5' ? HashFormat.Sha256Crypt : HashFormat.Sha512Crypt;
                return new(new(format, rounds), text);
            }

            problem = $"a ${text[1]}$ hash of {rounds} rounds; accepted: {FewestRounds} to {MostRounds} rounds";
            return null;
        }

        HashFormat? fixedCost =
            Apr1Form().IsMatch(text) ? HashFormat.Apr1
            : Sha1Form().IsMatch(text) ? HashFormat.Sha1
            : DesForm().IsMatch(text) ? HashFormat.Des
            : null;
        if (fixedCost is { } known)
        {
            return new(new(known, 0), text);
        }

        problem = $"{Describe(text)}; accepted: {Accepted}";
        return null;
    }

    /// <summary>Its kind: a hash is nothing for a log.</summary>
    public override string ToString() => $"{Kind}";

    private static string Describe(string text)
    {
        if (text.Length == 0)
        {
            return "an empty hash";
        }

        string? cut = Array.Find(["$2a$", "$2b$", "$2y$", "$apr1$", "{SHA}", "$5$", "$6$"], StartsText);
        string? refused = Array.Find(KnownAndRefused, StartsText);
        return cut is not null ? $"a {cut} hash that is cut short or damaged"
            : refused is not null ? $"a {refused} hash"
            : "a plain-text password or an unknown format";

        bool StartsText(string prefix) => text.StartsWith(prefix, StringComparison.Ordinal);
    }

    private const RegexOptions Strictly = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

#pragma warning disable MA0009 // None repeats what repeats: they take linear time, and lines are at most 1 MiB.
    [GeneratedRegex(@"^\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z", Strictly)]
    private static partial Regex BcryptForm();

    [GeneratedRegex(
        @"^\$[56]\$(rounds=(?<rounds>[1-9][0-9]{0,8})\$)?[./A-Za-z0-9]{0,16}\$(?<hash>[./A-Za-z0-9]+)\z",
        Strictly
    )]
    private static partial Regex ShaCryptForm();

    [GeneratedRegex(@"^\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}\z", Strictly)]
    private static partial Regex Apr1Form();

    [GeneratedRegex(@"^\{SHA\}[A-Za-z0-9+/]{27}=\z", Strictly)]
    private static partial Regex Sha1Form();

    [GeneratedRegex(@"^[./A-Za-z0-9]{13}\z", Strictly)]
    private static partial Regex DesForm();
#pragma warning restore MA0009
}
