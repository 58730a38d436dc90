using Wcwidth;

namespace Failover;

/// <summary>How many columns of a terminal a text takes: Chinese, Japanese and Korean characters and emoji take two.</summary>
internal static class DisplayWidth
{
    /// <param name="text">A printable text.</param>
    public static int Of(string text) =>
        text.All(char.IsAscii) ? text.Length : Math.Max(UnicodeCalculator.GetWidth(text), 0);
}
