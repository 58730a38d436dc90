using System.Text.RegularExpressions;

namespace Failover;

/// <summary>What a Nagios plugin says (Monitoring Plugins Development Guidelines, "Plugin Output for Nagios"): a line for people, figures
/// behind a bar, then further lines and, behind another bar, further figures.</summary>
/// <param name="Text">The line for people, as it may be shown; empty where there is none.</param>
/// <param name="Figures">The figures, separated by spaces.</param>
internal sealed partial record PluginOutput(string Text, string Figures)
{
    public static PluginOutput Of(string output)
    {
        string all = output.TrimStart();
        int end = all.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var first ? first : all.Length;
        (string text, string figures) = SplitAtBar(all[..end]);
        (_, string further) = SplitAtBar(all[end..]);
        return new(
            Printable.Escape(text.Trim()),
            string.Join(' ', Figure().Matches($"{figures}\n{further}").Select(figure => figure.Value).Where(IsPlain))
        );
    }

    private static (string Text, string Figures) SplitAtBar(string text) =>
        text.Split('|', 2) is [var before, var after] ? (before, after) : (text, "");

    private static bool IsPlain(string figure) => !figure.Any(Printable.IsUnprintable);

    // 'label'=value[unit];[warn];[crit];[min];[max]. Whatever else stands behind a bar, as in the output of any other command, is none.
    [GeneratedRegex(
        @"(?<!\S)('([^'\n]|'')+'|[^\s'=]+)=(U|[-+]?[.,]?\d)\S*",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Figure();
}
