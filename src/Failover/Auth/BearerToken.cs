using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>The secret that lets a POST pass that says it as <c>Authorization: Bearer …</c> (RFC 6750).</summary>
/// <remarks>No record: a record prints its members.</remarks>
/// <param name="what">What it is for: guesses at it are counted under this name.</param>
/// <param name="secret">The secret.</param>
internal sealed class BearerToken(string what, string secret)
{
    private const string Scheme = "Bearer ";

    /// <summary>Under which name failed guesses are counted.</summary>
    public string Name => $"{Scheme}{what}";

    /// <summary>What an <c>Authorization</c> header says.</summary>
    /// <returns>Null unless it is one single value of at most <see cref="BasicCredentials.LongestHeader"/> bytes, of the scheme Bearer.</returns>
    public static string? Parse(StringValues header) =>
        header is [{ Length: <= BasicCredentials.LongestHeader } value]
        && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim(' ')
            : null;

    /// <summary>Whether that is the secret. Takes the same time whatever is given: hashes are compared, whose lengths and beginnings tell
    /// nothing of the secret.</summary>
    public bool Matches(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), Hash(secret));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
