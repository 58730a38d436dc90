using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Names as DNS has them: labels of 1 to 63 octets, 255 octets in all on the wire (RFC 1035, 2.3.4).</summary>
internal static class DnsNames
{
    public const string Accepted = "a DNS name of up to 253 characters (ASCII: xn-- for others), or . for the root";

    public const int LongestLabel = 63;

    /// <summary>On the wire, with the length of each label and the root.</summary>
    public const int LongestOnWire = 255;

    private const int Longest = 253;

    /// <summary>What is wrong with a name; empty where what is accepted says it all, null where nothing is.</summary>
    public static string? FlawOf(string text)
    {
        string name = Relative(text);
        return text == "." ? null
            : text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\') ? ""
            : name.Length > Longest ? "which is too long"
            : name.Split('.').Any(label => label.Length == 0) ? "with an empty label"
            : name.Split('.').Any(label => label.Length > LongestLabel) ? $"with a label over {LongestLabel} characters"
            : null;
    }

    /// <summary>Two spellings of one name are equal: case and the dot at the end are of no meaning.</summary>
    public static bool AreEqual(string one, string other) =>
        string.Equals(Relative(one), Relative(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>The name without the dot at its end.</summary>
    public static string Relative(string name) => name is [.. var rest, '.'] ? rest : name;

    /// <summary>A name on the wire.</summary>
    public static byte[] Encode(string name)
    {
        List<byte> wire = [];
        foreach (string label in Relative(name).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            wire.Add((byte)label.Length);
            wire.AddRange(Encoding.ASCII.GetBytes(label));
        }

        wire.Add(0);
        return [.. wire];
    }

    /// <summary>A label for people, as zone files write it (RFC 1035, 5.1): what is no plain character as \DDD.</summary>
    public static void AppendLabel(StringBuilder name, ReadOnlySpan<byte> label)
    {
        foreach (byte octet in label)
        {
            _ = octet is > (byte)' ' and <= (byte)'~' and not ((byte)'.' or (byte)'\\')
                ? name.Append((char)octet)
                : name.Append(CultureInfo.InvariantCulture, $"\\{octet:000}");
        }
    }
}
