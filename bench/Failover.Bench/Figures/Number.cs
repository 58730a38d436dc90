using System.Globalization;

namespace Failover;

/// <summary>Numbers as they stand in files, arguments and tables.</summary>
internal static class Number
{
    public static int Parse(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static long ParseLong(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    public static double ParseDouble(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>With all digits, as a program reads it.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>With three significant digits or all before the point: <c>12,345</c>, <c>12.3</c>, <c>0.123</c>.</summary>
    public static string Text(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "N0",
                >= 10 => "N1",
                >= 1 => "N2",
                _ => "0.###",
            },
            CultureInfo.InvariantCulture
        );
}
