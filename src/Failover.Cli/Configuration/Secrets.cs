using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Values that came from <c>${env:…}</c> and <c>${file:…}</c>, to be kept out of everything that is shown.</summary>
internal sealed class Secrets
{
    // Shorter ones would take ordinary words and numbers out of every text.
    private const int Shortest = 4;

    private readonly List<(string Value, string Shown)> values = [];
    private readonly List<(string Value, string Shown)> known = [];

    /// <summary>Each value as it is, but those that are too short, and what is shown in its place.</summary>
    public IReadOnlyList<(string Value, string Shown)> Values => values;

    /// <summary>Each value in each of its spellings, the longest first, and what is shown in its place.</summary>
    public IReadOnlyList<(string Value, string Shown)> Known => known;

    /// <summary>Remembers a value and what is shown in its place, as <c>${env:TOKEN}</c>.</summary>
    public void Add(string value, string shown)
    {
        if (value.Length >= Shortest)
        {
            values.Add((value, shown));
        }

        foreach (string spelling in Spellings(value).Distinct(StringComparer.Ordinal))
        {
            if (spelling.Length >= Shortest)
            {
                known.Add((spelling, shown));
            }
        }

        // A secret may hold another one.
        known.Sort((left, right) => right.Value.Length.CompareTo(left.Value.Length));
    }

    /// <summary>The text with every known value replaced.</summary>
    public string Redact(string text) => Redact(text, known);

    /// <summary>The text with the values replaced, the first of them first.</summary>
    public static string Redact(string text, IEnumerable<(string Value, string Shown)> values) =>
        values.Aggregate(
            text,
            // Letters of an address or of an escape may be in either case.
            (safe, secret) => safe.Replace(secret.Value, secret.Shown, StringComparison.OrdinalIgnoreCase)
        );

    // As messages, URLs and sockets write it.
    private static IEnumerable<string> Spellings(string value)
    {
        yield return value;
        yield return Printable.Escape(value, int.MaxValue);
        yield return Uri.EscapeDataString(value);
        bool isLikeAddress =
            value.Contains('.', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal);
        if (!isLikeAddress || !IPAddress.TryParse(value, out IPAddress? address))
        {
            yield break;
        }

        yield return address.ToString();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            yield return address.MapToIPv6().ToString();
            yield break;
        }

        ushort[] groups = [.. address.GetAddressBytes().Chunk(2).Select(pair => (ushort)((pair[0] << 8) | pair[1]))];
        yield return string.Join(':', groups.Select(group => group.ToString("x", CultureInfo.InvariantCulture)));
        yield return string.Join(':', groups.Select(group => group.ToString("x4", CultureInfo.InvariantCulture)));
        yield return new IPAddress(address.GetAddressBytes()).ToString();
        if (address.IsIPv4MappedToIPv6)
        {
            yield return address.MapToIPv4().ToString();
        }
    }
}
