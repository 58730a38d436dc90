using System.Collections.Immutable;

namespace Failover;

/// <summary>When components are maintained: <c>maintenance</c>.</summary>
internal sealed class MaintenanceBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string Keys = FileKeys.OfMaintenance.Names();

    /// <summary>What is planned, in the order of the file.</summary>
    /// <param name="node">What the file says; null where it says nothing.</param>
    /// <param name="names">The names of all components.</param>
    public ImmutableArray<Maintenance> Bind(YamlNode? node, IEnumerable<string> names)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not YamlMap map)
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Maintenance} is {node.Shape}",
                FileKeys.Top.Of(FileKeys.Maintenance).Accepted
            );
            return [];
        }

        string[] all = [.. names];
        return [.. map.Entries.Select(entry => Make(entry, all)).OfType<Maintenance>()];
    }

    private Maintenance? Make(YamlEntry entry, string[] names)
    {
        string place = $"maintenance {Printable.Quoted(entry.Name)}";
        int before = errors.Count;
        if (Maintenance.NameOption.Parse(entry.Name) is { IsValue: false })
        {
            errors.Add(
                entry.Key.Position,
                $"a maintenance is called {Printable.Quoted(entry.Name)}",
                Maintenance.NameOption.Accepted
            );
        }

        if (entry.Value is not YamlMap map)
        {
            errors.Add(entry.Value.Position, $"{place} is {entry.Value.Shape}", $"a mapping of {Keys}");
            return null;
        }

        Dictionary<string, YamlEntry> given = Known(map, place);
        TimeSpan? duration = (TimeSpan?)Value(Maintenance.DurationOption);
        string? cron = (string?)Value(Maintenance.CronOption);
        DateTime? start = (DateTime?)Value(Maintenance.StartOption);
        string? zone = (string?)Value(Maintenance.TimeZoneOption);
        MaintenanceState? state = (MaintenanceState?)Value(Maintenance.StateOption);
        string? reason = (string?)Value(Maintenance.ReasonOption);
        ImmutableArray<string>? components = given.TryGetValue(FileKeys.Components, out YamlEntry? patterns)
            ? new ComponentPatterns(options, errors, place, names).Bind(patterns.Value).Patterns
            : null;
        CheckWhole(entry, place, given);
        if (errors.Count > before || duration is not { } lasts)
        {
            return null;
        }

        if (
            cron is not null
            && MaintenanceTimes.GapWithin(lasts, cron, Maintenance.TimeZoneOption.Check(zone)) is { } gap
        )
        {
            errors.Add(
                given[Maintenance.DurationOption.Key].Value.Position,
                $"{Maintenance.DurationOption.Key} of {place} is {DurationText.Exact(lasts)}, and a window opens {DurationText.Exact(gap)} after another",
                $"less than {DurationText.Exact(gap)}"
            );
            return null;
        }

        return new(entry.Name, lasts, cron, start, zone, components, state ?? MaintenanceState.Judged, reason);

        object? Value(ScalarOption option) =>
            given.TryGetValue(option.Key, out YamlEntry? value) ? options.Bind(option, value.Value) : null;
    }

    private Dictionary<string, YamlEntry> Known(YamlMap map, string place)
    {
        Dictionary<string, YamlEntry> given = new(StringComparer.Ordinal);
        foreach (YamlEntry part in map.FixedEntries)
        {
            if (!given.TryAdd(part.Name, part) || FileKeys.OfMaintenance.All(key => key.Name != part.Name))
            {
                errors.AddUnknownKey(part, place, FileKeys.OfMaintenance);
            }
        }

        return given;
    }

    private void CheckWhole(YamlEntry entry, string place, Dictionary<string, YamlEntry> given)
    {
        if (!given.ContainsKey(Maintenance.DurationOption.Key))
        {
            errors.Add(
                entry.Key.Position,
                $"{place} has no {Maintenance.DurationOption.Key}",
                Maintenance.DurationOption.Accepted
            );
        }

        bool isRepeated = given.ContainsKey(Maintenance.CronOption.Key);
        if (isRepeated == given.ContainsKey(Maintenance.StartOption.Key))
        {
            errors.Add(
                isRepeated ? given[Maintenance.StartOption.Key].Key.Position : entry.Key.Position,
                $"{place} has {(isRepeated ? "both" : "neither")} {Maintenance.CronOption.Key} {(isRepeated ? "and" : "nor")} {Maintenance.StartOption.Key}",
                "exactly one of the two"
            );
        }
    }
}
