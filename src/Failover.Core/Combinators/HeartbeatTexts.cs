using System.Buffers;

namespace Failover;

/// <summary>What the texts of a <see cref="HeartbeatCheck"/> may look like. Each member says what is wrong with one, empty where what is accepted
/// says it; null where nothing is.</summary>
internal static class HeartbeatTexts
{
    // A guess costs time (see the rate limit of log-ins), but not enough of it for fewer.
    private const int ShortestToken = 8;

    // The header is read up to 1 KiB.
    private const int LongestToken = 512;

    private const string LettersAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // RFC 6750, 2.1: b64token.
    private static readonly SearchValues<char> InToken = SearchValues.Create($"{LettersAndDigits}-._~+/");
    private static readonly SearchValues<char> InName = SearchValues.Create($"{LettersAndDigits}.-_/");

    public static string? TokenFlaw(string text)
    {
        ReadOnlySpan<char> body = text.AsSpan().TrimEnd('=');
        return text.Length < ShortestToken ? "which is too short"
            : text.Length > LongestToken ? "which is too long"
            : body.IsEmpty || body.ContainsAnyExcept(InToken) ? ""
            : null;
    }

    public static string? NameFlaw(string text) =>
        text.AsSpan().ContainsAnyExcept(InName) ? ""
        : text.Split('/').Any(segment => segment is "" or "." or "..") ? "with an empty, . or .. segment"
        : null;
}
