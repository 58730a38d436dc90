using System.Globalization;

namespace Failover;

/// <summary>Sizes as they are written in files: <c>64MiB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40),
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
    ];

    /// <summary>Reads a whole number and its unit.</summary>
    public static Parsed Parse(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        bool isNumber = int.TryParse(
            text.AsSpan(0, digits),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int count
        );
        string unit = text[digits..];
        if (!isNumber)
        {
            return Parsed.Refused(digits > 0 ? "which is too large" : "");
        }

        foreach ((string name, long bytes) in Units)
        {
            if (unit == name)
            {
                return count <= long.MaxValue / bytes ? new(count * bytes) : Parsed.Refused("which is too large");
            }
        }

        // MB, M and mib are meant as MiB.
        string? meant = Units
            .Where(known => unit.Length > 0 && char.ToUpperInvariant(unit[0]) == known.Unit[0])
            .Select(known => $"{count}{known.Unit}")
            .FirstOrDefault();
        return Parsed.Refused(unit.Length == 0 ? "without a unit" : "", meant);
    }

    /// <summary>The size in the largest unit that divides it.</summary>
    public static string Text(long size)
    {
        foreach ((string name, long bytes) in Units)
        {
            if (size >= bytes && size % bytes == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{size / bytes}{name}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size} bytes");
    }
}
