using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Makes receivers of what the file says. It knows kinds and options as data only, and no receiver by name.</summary>
/// <param name="options">Reads values.</param>
/// <param name="errors">Takes what is wrong.</param>
/// <param name="place">Whose receivers they are, for errors.</param>
internal sealed class ReceiverBinder(OptionBinder options, ConfigurationErrors errors, string place)
{
    /// <summary>The receiver; null, and reported, where it is none.</summary>
    public NotificationReceiver? Bind(ReceiverKind kind, YamlEntry entry)
    {
        object?[] values = new object?[kind.Options.Length];
        YamlNode?[] said = new YamlNode?[values.Length];
        int before = errors.Count;
        switch (entry.Value)
        {
            case YamlText { IsEmpty: false } when kind.ShortOption is { } whole:
                Read(kind.Options.IndexOf(whole), entry.Value);
                break;
            case YamlMap map:
                foreach (YamlEntry part in map.FixedEntries)
                {
                    ReadEntry(part);
                }

                break;
            default:
                string orShort = kind.ShortOption is { } option ? $"{option.Accepted}, or " : "";
                errors.Add(
                    entry.Value.Position,
                    $"{kind.Name} of {place} is {entry.Value.Shape}",
                    $"{orShort}a mapping of {Keys()}"
                );
                return null;
        }

        foreach ((int index, Option option) in kind.Options.Index())
        {
            if (said[index] is null && option.Default is null)
            {
                errors.Add(entry.Key.Position, $"{option.Key} is missing in {kind.Name} of {place}", option.Accepted);
            }
        }

        return errors.Count > before ? null : Make();

        string Keys() => string.Join(", ", kind.Options.Select(option => option.Key).Order(StringComparer.Ordinal));

        void Read(int index, YamlNode node) =>
            (said[index], values[index]) = (node, options.Bind(kind.Options[index], node));

        void ReadEntry(YamlEntry part)
        {
            if (kind.Options.FirstOrDefault(option => option.Key == part.Name) is { } option)
            {
                Read(kind.Options.IndexOf(option), part.Value);
                return;
            }

            string? nearest = errors.Guess(part.Name, kind.Options.Select(one => one.Key));
            errors.Add(
                part.Key.Position,
                $"unknown key {Printable.Quoted(part.Name)} in {kind.Name} of {place}",
                Keys(),
                nearest
            );
            // What is misspelt is not missing as well.
            if (kind.Options.FirstOrDefault(one => one.Key == nearest) is { } meant)
            {
                said[kind.Options.IndexOf(meant)] = part.Value;
            }
        }

        // Every value has been checked on its own: what is left are values that do not go together.
        NotificationReceiver? Make()
        {
            try
            {
                return kind.Make!(ImmutableCollectionsMarshal.AsImmutableArray(values));
            }
            catch (ArgumentException refusal)
            {
                int index = kind.Options.IndexOf(
                    kind.Options.FirstOrDefault(option => option.Name == refusal.ParamName) ?? kind.Options[0]
                );
                (string problem, string? accepted) = options.Describe(refusal, kind.Name, kind.Options);
                errors.Add(said[index]?.Position ?? entry.Key.Position, problem, accepted);
                return null;
            }
        }
    }
}
