using System.Text;

namespace Failover;

/// <summary>The comparison with other software: our column from the index, theirs from a file of facts with a source each.</summary>
/// <param name="kinds">The index.</param>
/// <param name="facts">The file of facts.</param>
internal sealed class ComparisonPage(IReadOnlyList<TaskKind> kinds, YamlMap facts)
{
    public const string Facts = "docs/comparison.yaml";
    public const string Page = "docs/comparison.md";

    private IEnumerable<(string Key, YamlMap Peer)> Peers => Maps(Map(facts, "peers"));

    private IEnumerable<(string Key, YamlMap Cells)> Rows => Maps(Map(facts, "rows"));

    public string Text()
    {
        StringBuilder page = new();
        page.Append(
            $"""
            <!-- Generated from src/Failover/TaskKinds.cs and {Facts} by ./build.sh docs: do not edit. -->

            # Comparison

            The checks and the logic of Failover beside those of other software, option by option. Each cell of another program links to the page of its
            documentation that says so; **no** links to the list in which it is missing; an empty cell was not looked up. —: not in Failover. What other
            software does beside health checks is not compared.

            Read: {string.Join(
                ", ",
                Peers.Select(peer => $"{Text(peer.Peer, "name")} ({Text(peer.Peer, "read")})")
            )}. [How its files are converted](guide/converting.md).

            """.ReplaceLineEndings(
                "\n"
            )
        );
        foreach (IGrouping<string, (string Key, YamlMap Cells)> group in Rows.GroupBy(row => row.Key.Split('.')[0]))
        {
            TaskKind? kind = kinds.FirstOrDefault(kind => kind.Name == group.Key);
            page.Append($"\n## `{group.Key}`\n\n");
            page.Append(kind is null ? "" : $"{char.ToUpperInvariant(kind.Meaning[0])}{kind.Meaning[1..]}.\n\n");
            page.Append($"| | Failover | {string.Join(" | ", Peers.Select(peer => Text(peer.Peer, "name")))} |\n");
            page.Append($"|---|---|{string.Concat(Peers.Select(_ => "---|"))}\n");
            foreach ((string key, YamlMap cells) in group)
            {
                page.Append(
                    $"| {What(kind, key)} | {Ours(kind, key)} | {string.Join(" | ", Peers.Select(peer => Cell(peer, cells)))} |\n"
                );
            }
        }

        return page.ToString();
    }

    /// <summary>What is wrong with the facts: a cell of an unknown peer, or without its source.</summary>
    public IEnumerable<string> Flaws()
    {
        foreach ((string key, YamlMap cells) in Rows)
        {
            foreach (YamlEntry cell in cells.Entries)
            {
                YamlMap? peer = Peers.FirstOrDefault(peer => peer.Key == cell.Name).Peer;
                string? source = (cell.Value as YamlList)?.Items is [YamlText, YamlText named] ? named.Text : null;
                if (peer is null || source is null || Find(Map(peer, "sources"), source) is null)
                {
                    yield return $"{key}.{cell.Name}: a text, and a source of the peer";
                }
            }
        }
    }

    private static string What(TaskKind? kind, string key) =>
        key.Split('.') is not [_, var name] ? "the check or the logic itself"
        : OptionOf(kind, name) is { } option ? option.Meaning
        : name.Replace('_', ' ');

    private static string Ours(TaskKind? kind, string key) =>
        key.Split('.') is not [_, var name]
            ? kind is null
                ? "—"
                : $"`{kind.Name}`"
            : OptionOf(kind, name) is null
                ? "—"
                : $"`{name}`";

    private static Option? OptionOf(TaskKind? kind, string name) =>
        kind?.Options.FirstOrDefault(option => option.Key == name);

    private static string Cell((string Key, YamlMap Peer) peer, YamlMap cells) =>
        Find(cells, peer.Key) is YamlList { Items: [YamlText text, YamlText source] }
            ? $"[{text.Text}]({Text(Map(peer.Peer, "sources"), source.Text)})"
            : "";

    private static YamlNode? Find(YamlMap map, string key) =>
        map.Entries.FirstOrDefault(entry => entry.Name == key)?.Value;

    private static YamlMap Map(YamlMap map, string key) => (YamlMap)Find(map, key)!;

    private static string Text(YamlMap map, string key) => ((YamlText)Find(map, key)!).Text;

    private static IEnumerable<(string Key, YamlMap Map)> Maps(YamlMap map) =>
        map.Entries.Select(entry => (entry.Name, (YamlMap)entry.Value));
}
