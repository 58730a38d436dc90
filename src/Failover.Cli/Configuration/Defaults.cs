namespace Failover;

/// <summary>What <c>defaults:</c> says: values for options that are left out.</summary>
internal sealed class Defaults
{
    private readonly Dictionary<Option, object?> values = new(ReferenceEqualityComparer.Instance);

    public static Defaults None { get; } = new();

    /// <summary>The options that a default can be given for.</summary>
    public static IEnumerable<Option> Possible =>
        KindKeys.All.Values.SelectMany(keys => keys.Kind.Options).Where(IsPossible);

    /// <summary>Whether a default can be given for an option: not for those that name the target.</summary>
    public static bool IsPossible(Option option) =>
        option is DurationOption || (option.Default is not null && option is not (TaskOption or TaskListOption));

    /// <summary>Reads the values, each for every option of its key.</summary>
    public static Defaults Read(YamlNode node, OptionBinder options, ConfigurationErrors errors)
    {
        Defaults defaults = new();
        ILookup<string, Option> possible = Possible.ToLookup(option => option.Key, StringComparer.Ordinal);
        IEnumerable<string> keys = possible.Select(group => group.Key).Order(StringComparer.Ordinal);
        string accepted = string.Join(", ", keys);
        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"defaults is {node.Shape}", $"a mapping of {accepted}");
            return defaults;
        }

        foreach (YamlEntry entry in map.FixedEntries)
        {
            // A value that one of them takes leaves those alone that do not: no toggle begins in first.
            Option[] taking =
            [
                .. possible[entry.Name]
                    .Where(option =>
                        option is not ScalarOption scalar || options.Peek(scalar, entry.Value) is not null
                    ),
            ];
            foreach (Option option in taking.Length > 0 ? taking : possible[entry.Name])
            {
                defaults.values.Add(option, options.Bind(option, entry.Value));
            }

            if (!possible.Contains(entry.Name))
            {
                errors.Add(
                    entry.Key.Position,
                    $"unknown key {Printable.Quoted(entry.Name)} in defaults",
                    accepted,
                    errors.Guess(entry.Name, keys)
                );
            }
        }

        return defaults;
    }

    /// <summary>Whether there is a default.</summary>
    /// <param name="option">The option that was left out.</param>
    /// <param name="value">The default; null where it was wrong, which has been reported.</param>
    public bool TryFind(Option option, out object? value) => values.TryGetValue(option, out value);
}
