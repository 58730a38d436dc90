using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>A mapping of limits at the top of the file, as <c>connections</c>.</summary>
/// <param name="options">Reads values.</param>
/// <param name="errors">Takes what is wrong.</param>
/// <param name="name">Its key.</param>
/// <param name="keys">The keys in it.</param>
internal sealed class LimitsBinder(
    OptionBinder options,
    ConfigurationErrors errors,
    string name,
    ImmutableArray<FileKey> keys
)
{
    private const long Most = 1_000_000;

    /// <summary>The entries with keys of its own; all else is an error.</summary>
    public IEnumerable<YamlEntry> EntriesOf(YamlNode? node)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{name} is {node.Shape}", FileKeys.Top.Of(name).Accepted);
            return [];
        }

        return map.FixedEntries.Where(IsKnown);
    }

    /// <summary>The value of an entry; null where it is an error.</summary>
    public object? Bind(YamlEntry entry, Func<string, Parsed> parse)
    {
        string accepted = keys.Of(entry.Name).Accepted;
        return options.ReadText(entry.Value, entry.Name, accepted) is { } given
            ? options.Take(parse(given.Text), entry.Name, given, accepted)
            : null;
    }

    /// <summary>A number from 1 to 1,000,000; null where it is an error.</summary>
    public long? BindCount(YamlEntry entry) => (long?)Bind(entry, ParseCount);

    private bool IsKnown(YamlEntry entry)
    {
        bool isKnown = keys.Any(key => key.Name == entry.Name);
        if (!isKnown)
        {
            errors.AddUnknownKey(entry, name, keys);
        }

        return isKnown;
    }

    private static Parsed ParseCount(string text) =>
        !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? Parsed.Refused()
        : count < 1 ? Parsed.Refused("which is too few")
        : count > Most ? Parsed.Refused("which is too many")
        : new(count);
}
