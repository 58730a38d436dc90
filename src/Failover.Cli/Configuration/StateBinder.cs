namespace Failover;

/// <summary>What is kept beyond the life of the process: <c>state</c>.</summary>
internal sealed class StateBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string Keys = FileKeys.OfState.Names();
    private static readonly string AcceptedFile = FileKeys.OfState.Of(FileKeys.File).Accepted;
    private static readonly string AcceptedAge = FileKeys.OfState.Of(FileKeys.MaxAge).Accepted;
    private static readonly string AcceptedSize = FileKeys.OfState.Of(FileKeys.HistoryMaxSize).Accepted;

    private readonly RetentionBinder retention = new(options);

    public static StateSettings Default { get; } =
        new(
            FileKeys.OfState.Of(FileKeys.File).Default,
            TimeSpan.FromHours(1),
            SqliteStateStore.DefaultHistoryMaxAge,
            SqliteStateStore.DefaultHistoryMaxSize
        );

    public StateSettings Bind(YamlNode? node)
    {
        StateSettings settings = Default;
        switch (node)
        {
            case null:
                return settings;
            case YamlMap map:
                foreach (YamlEntry entry in map.FixedEntries)
                {
                    settings = Bind(entry, settings);
                }

                return settings;
            default:
                return settings with { File = BindFile(node, FileKeys.State) };
        }
    }

    private StateSettings Bind(YamlEntry entry, StateSettings settings)
    {
        switch (entry.Name)
        {
            case FileKeys.File:
                return settings with { File = BindFile(entry.Value, entry.Name) };
            case FileKeys.MaxAge:
                return settings with { MaxAge = retention.BindAge(entry, AcceptedAge) };
            case FileKeys.HistoryMaxAge:
                return settings with { HistoryMaxAge = retention.BindAge(entry, AcceptedAge) };
            case FileKeys.HistoryMaxSize:
                return settings with { HistoryMaxSize = retention.BindSize(entry, AcceptedSize) };
            default:
                errors.AddUnknownKey(entry, FileKeys.State, FileKeys.OfState);
                return settings;
        }
    }

    private string? BindFile(YamlNode node, string name)
    {
        string accepted = name == FileKeys.State ? $"{AcceptedFile}, or a mapping of {Keys}" : AcceptedFile;
        if (options.ReadText(node, name, accepted) is not { } given || given.Text == FileKeys.Memory)
        {
            return null;
        }

        // "off" and "none" are more likely meant as such than as files.
        string? path = given.Text.AsSpan().IndexOfAny('/', '.') >= 0 ? FilePath.Full(given.Text, given.At.File) : null;
        return (string?)
            options.Take(
                path is null ? Parsed.Refused(meant: errors.Guess(given.Text, [FileKeys.Memory])) : new(path),
                name,
                given,
                accepted
            );
    }
}
