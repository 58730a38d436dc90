using System.Collections.Immutable;

namespace Failover;

/// <summary>Who is notified of what: <c>notifications</c>.</summary>
internal sealed class NotificationsBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string RouteKeys = string.Join(
        ", ",
        FileKeys
            .OfRoute.Select(key => key.Name)
            .Concat(ReceiverKinds.All.Select(kind => kind.Name))
            .Order(StringComparer.Ordinal)
    );
    private static readonly string Receivers = string.Join(", ", ReceiverKinds.All.Select(kind => kind.Name));

    /// <summary>Who is notified of what.</summary>
    /// <param name="node">What the file says; null where it says nothing.</param>
    /// <param name="names">The names of all components.</param>
    public NotificationSettings Bind(YamlNode? node, IEnumerable<string> names)
    {
        NotificationSettings settings = NotificationSettings.None;
        if (node is null)
        {
            return settings;
        }

        if (node is not YamlMap map)
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Notifications} is {node.Shape}",
                FileKeys.Top.Of(FileKeys.Notifications).Accepted
            );
            return settings;
        }

        string[] components = [.. names];
        foreach (YamlEntry entry in map.FixedEntries)
        {
            switch (entry.Name)
            {
                case FileKeys.Instance:
                    settings = settings with { Instance = Text(entry, text => text.Length > 0) ?? settings.Instance };
                    break;
                case FileKeys.Link:
                    settings = settings with { Link = Text(entry, IsUrl) };
                    break;
                case FileKeys.Routes:
                    settings = settings with { Routes = Routes(entry.Value, components) };
                    break;
                default:
                    errors.AddUnknownKey(entry, FileKeys.Notifications, FileKeys.OfNotifications);
                    break;
            }
        }

        if (map.FixedEntries.All(entry => entry.Name != FileKeys.Routes))
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Notifications} has no {FileKeys.Routes}",
                FileKeys.OfNotifications.Of(FileKeys.Routes).Accepted
            );
        }

        return settings;
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    private string? Text(YamlEntry entry, Func<string, bool> isGood)
    {
        string accepted = FileKeys.OfNotifications.Of(entry.Name).Accepted;
        return options.ReadText(entry.Value, entry.Name, accepted) is { } given
            ? (string?)
                options.Take(isGood(given.Text) ? new(given.Text) : Parsed.Refused(), entry.Name, given, accepted)
            : null;
    }

    private ImmutableArray<NotificationRoute> Routes(YamlNode node, string[] components)
    {
        if (node is YamlMap map)
        {
            return [.. map.Entries.Select(entry => Route(entry, components)).OfType<NotificationRoute>()];
        }

        errors.Add(
            node.Position,
            $"{FileKeys.Routes} is {node.Shape}",
            FileKeys.OfNotifications.Of(FileKeys.Routes).Accepted
        );
        return [];
    }

    private NotificationRoute? Route(YamlEntry entry, string[] components)
    {
        string place = $"route {Printable.Quoted(entry.Name)}";
        int before = errors.Count;
        if (NotificationRoute.NameOption.Parse(entry.Name) is { IsValue: false })
        {
            errors.Add(
                entry.Key.Position,
                $"a route is called {Printable.Quoted(entry.Name)}",
                NotificationRoute.NameOption.Accepted
            );
        }

        if (entry.Value is not YamlMap map)
        {
            errors.Add(entry.Value.Position, $"{place} is {entry.Value.Shape}", $"a mapping of {RouteKeys}");
            return null;
        }

        Dictionary<string, YamlEntry> given = new(StringComparer.Ordinal);
        List<(ReceiverKind Kind, YamlEntry Entry)> receivers = [];
        foreach (YamlEntry part in map.FixedEntries)
        {
            if (ReceiverKinds.All.FirstOrDefault(kind => kind.Name == part.Name) is { } kind)
            {
                receivers.Add((kind, part));
            }
            else if (FileKeys.OfRoute.Any(key => key.Name == part.Name))
            {
                given[part.Name] = part;
            }
            else
            {
                errors.Add(
                    part.Key.Position,
                    $"unknown key {Printable.Quoted(part.Name)} in {place}",
                    RouteKeys,
                    errors.Guess(part.Name, RouteKeys.Split(", "))
                );
            }
        }

        if (receivers.Count != 1 && errors.Count == before)
        {
            errors.Add(
                receivers.Count == 0 ? entry.Key.Position : receivers[1].Entry.Key.Position,
                $"{place} has {(receivers.Count == 0 ? "no receiver" : "another receiver")}",
                $"exactly one of {Receivers}"
            );
        }

        NotificationReceiver? receiver = receivers is [var only]
            ? new ReceiverBinder(options, errors, place).Bind(only.Kind, only.Entry)
            : null;
        ImmutableArray<string>? patterns = given.TryGetValue(FileKeys.Components, out YamlEntry? list)
            ? new ComponentPatterns(options, errors, place, components).Bind(list.Value).Patterns
            : null;
        NotificationTopics topics = given.TryGetValue(FileKeys.Topics, out YamlEntry? some)
            ? Topics(some.Value)
            : NotificationTopics.All;
        NotificationSeverity? severity = (NotificationSeverity?)Value(NotificationRoute.SeverityOption);
        TimeSpan? duration = (TimeSpan?)Value(NotificationRoute.MinimumDurationOption);
        bool? tellsResolved = (bool?)Value(NotificationRoute.TellsResolvedOption);
        return errors.Count > before || receiver is null
            ? null
            : new(
                entry.Name,
                receiver,
                patterns,
                topics,
                severity ?? NotificationRoute.SeverityOption.Fallback,
                duration,
                tellsResolved ?? true
            );

        object? Value(ScalarOption option) =>
            given.TryGetValue(option.Key, out YamlEntry? value) ? options.Bind(option, value.Value) : null;
    }

    private NotificationTopics Topics(YamlNode node)
    {
        string accepted = FileKeys.OfRoute.Of(FileKeys.Topics).Accepted;
        if (node is YamlList { Items.IsEmpty: true })
        {
            errors.Add(node.Position, $"{FileKeys.Topics} is an empty list", accepted);
        }

        NotificationTopics all = NotificationTopics.None;
        foreach (YamlNode item in node is YamlList list ? [.. list.Items] : new[] { node })
        {
            if (options.ReadText(item, FileKeys.Topics, accepted) is { } given)
            {
                all |=
                    (NotificationTopics?)
                        options.Take(
                            Parsed.OneOf(given.Text, NotificationWords.Topics),
                            FileKeys.Topics,
                            given,
                            accepted
                        )
                    ?? NotificationTopics.None;
            }
        }

        return all;
    }
}
