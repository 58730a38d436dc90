namespace Failover;

/// <summary>Which components are guarded together: <c>guards</c>.</summary>
internal sealed class GuardsBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string Keys = FileKeys.OfGuard.Names();

    /// <summary>The components, each with its guard.</summary>
    /// <param name="node">What the file says; null where it says nothing.</param>
    /// <param name="components">The components that are good.</param>
    /// <param name="names">The names of all components.</param>
    public IEnumerable<ComponentDescription> Bind(
        YamlNode? node,
        IReadOnlyList<ComponentDescription> components,
        IEnumerable<string> names
    )
    {
        if (node is null)
        {
            return components;
        }

        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{FileKeys.Guards} is {node.Shape}", FileKeys.Top.Of(FileKeys.Guards).Accepted);
            return components;
        }

        Dictionary<string, Guard?> guards = new(StringComparer.Ordinal);
        foreach (YamlEntry entry in map.Entries)
        {
            Add(entry, [.. names], guards);
        }

        return components.Select(component =>
            guards.TryGetValue(component.Name, out Guard? guard) ? component with { Guard = guard } : component
        );
    }

    private void Add(YamlEntry entry, string[] names, Dictionary<string, Guard?> guards)
    {
        string place = $"guard {Printable.Quoted(entry.Name)}";
        if (Guard.NameOption.Parse(entry.Name) is { IsValue: false })
        {
            errors.Add(
                entry.Key.Position,
                $"a guard is called {Printable.Quoted(entry.Name)}",
                Guard.NameOption.Accepted
            );
            return;
        }

        if (entry.Value is not YamlMap map)
        {
            errors.Add(entry.Value.Position, $"{place} is {entry.Value.Shape}", $"a mapping of {Keys}");
            return;
        }

        Dictionary<string, YamlEntry> given = new(StringComparer.Ordinal);
        foreach (YamlEntry part in map.FixedEntries)
        {
            if (!given.TryAdd(part.Name, part) || FileKeys.OfGuard.All(key => key.Name != part.Name))
            {
                errors.AddUnknownKey(part, place, FileKeys.OfGuard);
            }
        }

        Guard? guard = Make(entry, place, given);
        foreach (string name in Members(entry, place, given, names))
        {
            if (!guards.TryAdd(name, guard))
            {
                errors.Add(
                    entry.Key.Position,
                    $"component {Printable.Quoted(name)} of {place} is in another guard, too",
                    "one guard for a component"
                );
            }
        }
    }

    private Guard? Make(YamlEntry entry, string place, Dictionary<string, YamlEntry> given)
    {
        int before = errors.Count;
        int? count = (int?)Bind(Guard.MaxFailingOption);
        double? percent = (double?)Bind(Guard.MaxFailingPercentOption);
        TimeSpan? delay = (TimeSpan?)Bind(Guard.MaxDelayOption);
        HtpasswdFile? auth = given.TryGetValue(FileKeys.Auth, out YamlEntry? users)
            ? options.BindUsers(users.Name, users.Value)
            : null;
        if (errors.Count > before)
        {
            return null;
        }

        if (count is null && percent is null)
        {
            errors.Add(
                entry.Key.Position,
                $"{place} has no threshold",
                $"{Guard.MaxFailingOption.Key}, {Guard.MaxFailingPercentOption.Key}, or both"
            );
            return null;
        }

        return new(entry.Name, count, percent, delay, auth);

        object? Bind(ScalarOption option) =>
            given.TryGetValue(option.Key, out YamlEntry? value) ? options.Bind(option, value.Value) : null;
    }

    private HashSet<string> Members(YamlEntry entry, string place, Dictionary<string, YamlEntry> given, string[] names)
    {
        if (given.TryGetValue(FileKeys.Components, out YamlEntry? patterns))
        {
            return [.. new ComponentPatterns(options, errors, place, names).Bind(patterns.Value).Matching];
        }

        errors.Add(
            entry.Key.Position,
            $"{place} has no {FileKeys.Components}",
            FileKeys.OfGuard.Of(FileKeys.Components).Accepted
        );
        return [];
    }
}
