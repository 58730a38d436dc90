using System.Text;

namespace Failover;

/// <summary>Markdown, as it is pasted into the documentation.</summary>
internal static class Tables
{
    private const string Begin = "<!-- bench: begin -->";
    private const string End = "<!-- bench: end -->";

    /// <summary>A table: its heading, what it shows, its columns and its rows.</summary>
    public static string Table(string heading, string text, string[] columns, IEnumerable<string[]> rows)
    {
        StringBuilder table = new($"### {heading}\n\n{text}\n\n");
        AppendRow(columns);
        AppendRow([.. columns.Select((_, index) => index == 0 ? "---" : "---:")]);
        foreach (string[] row in rows)
        {
            AppendRow(row);
        }

        return table.ToString();

        void AppendRow(string[] cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    public static string Mark(string text) => $"{Begin}\n\n{text}\n{End}";

    /// <summary>Replaces what stands between the markers of a file.</summary>
    public static void Replace(string file, string marked)
    {
        string text = File.ReadAllText(file);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new BenchException($"{file} has no part between {Begin} and {End}");
        }

        File.WriteAllText(file, text[..begin] + marked + text[(end + End.Length)..]);
    }
}
