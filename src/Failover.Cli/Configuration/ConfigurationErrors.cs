using System.Collections.Immutable;

namespace Failover;

/// <summary>Collects mistakes, so that all of them can be reported at once.</summary>
internal sealed class ConfigurationErrors
{
    // Looking for what was meant compares with every name there is: enough for people, little for a file of nothing but slips.
    private const int GuessesAtMost = 100;

    // An alias is read at each place that uses it: its errors are reported once.
    private readonly HashSet<ConfigurationError> known = [];
    private int guesses;

    public int Count => known.Count;

    public void Add(Position at, string problem, string? accepted = null, string? nearest = null) =>
        known.Add(new(at, problem, accepted, nearest));

    /// <summary>A key that a mapping does not have.</summary>
    /// <param name="entry">The entry with it.</param>
    /// <param name="place">The mapping, as the message names it.</param>
    /// <param name="keys">The keys that it has.</param>
    /// <returns>The one that was most likely meant; null where none is like it.</returns>
    public string? AddUnknownKey(YamlEntry entry, string place, ImmutableArray<FileKey> keys)
    {
        string? nearest = Guess(entry.Name, keys.Select(key => key.Name));
        Add(entry.Key.Position, $"unknown key {Printable.Quoted(entry.Name)} in {place}", keys.Names(), nearest);
        return nearest;
    }

    /// <summary>What was most likely meant by <paramref name="got"/>.</summary>
    public string? Guess(string got, IEnumerable<string> accepted) =>
        guesses++ < GuessesAtMost ? Spelling.Nearest(got, accepted) : null;

    /// <summary>All of them, by file in the given order, then by line.</summary>
    public ImmutableArray<ConfigurationError> InOrder(IEnumerable<string> files)
    {
        Dictionary<string, int> order = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            order.TryAdd(file, order.Count);
        }

        return
        [
            .. known
                .OrderBy(error => order.GetValueOrDefault(error.Position.File, int.MaxValue))
                .ThenBy(error => error.Position.Line)
                .ThenBy(error => error.Position.Column),
        ];
    }
}
