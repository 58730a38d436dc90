namespace Failover;

/// <summary>A mapping of a YAML file of other software, which notices what of it was read.</summary>
/// <param name="map">The mapping.</param>
/// <param name="text">Reads its texts: with what that software puts in.</param>
internal sealed class SourceMap(YamlMap map, Func<string, string> text)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    public int Line => map.Position.Line;

    public IEnumerable<YamlEntry> Entries => map.Entries;

    /// <summary>The entry of a key, which counts as read; null where there is none.</summary>
    public YamlEntry? Take(string key)
    {
        read.Add(key);
        YamlEntry? entry = map.Entries.FirstOrDefault(entry => entry.Name == key);
        return entry is { Value: YamlText { IsEmpty: true } } ? null : entry;
    }

    /// <summary>The text of a key; null where there is none, or another shape.</summary>
    public string? Text(string key) => Take(key)?.Value is YamlText found ? Read(found) : null;

    /// <summary>A text of it, with what that software puts in.</summary>
    public string Read(YamlText found) => text(found.Text);

    /// <summary>Whether a key is <c>true</c>; null where it is not there.</summary>
    public bool? Flag(string key) => Text(key) is { } word ? word is "true" or "yes" or "on" : null;

    /// <summary>The mapping of a key; one without entries where there is none.</summary>
    public SourceMap Map(string key) => new(Take(key)?.Value is YamlMap found ? found : new(map.Position, []), text);

    /// <summary>The values of a key: of a list, or one.</summary>
    public IEnumerable<YamlNode> List(string key) =>
        Take(key)?.Value switch
        {
            null => [],
            YamlList list => list.Items,
            var one => [one],
        };

    /// <summary>The texts of a key: of a list, or one.</summary>
    public IEnumerable<string> Texts(string key) => List(key).OfType<YamlText>().Select(Read);

    /// <summary>The mapping that a value is; null where it is none.</summary>
    public SourceMap? Of(YamlNode node) => node is YamlMap found ? new(found, text) : null;

    /// <summary>Writes down every key that was not read.</summary>
    /// <param name="into">Where it stood.</param>
    /// <param name="within">What the mapping is in the source, as <c>client.</c></param>
    public void LoseRest(ConvertedMap into, string within = "")
    {
        foreach (YamlEntry entry in map.Entries.Where(entry => !read.Contains(entry.Name)))
        {
            into.Lose(entry.Key.Position.Line, $"{within}{entry.Name}");
        }
    }
}
