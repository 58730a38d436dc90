namespace Failover;

/// <summary>Where latencies and times by minute and hour are kept: <c>history</c>.</summary>
internal sealed class HistoryBinder(OptionBinder options, ConfigurationErrors errors)
{
    private static readonly string Keys = FileKeys.OfHistory.Names();
    private static readonly string AcceptedFile = FileKeys.OfHistory.Of(FileKeys.File).Accepted;
    private static readonly string AcceptedAge = FileKeys.OfHistory.Of(FileKeys.MaxAge).Accepted;
    private static readonly string AcceptedSize = FileKeys.OfHistory.Of(FileKeys.MaxSize).Accepted;

    private readonly RetentionBinder retention = new(options);

    /// <summary>Reads it.</summary>
    /// <param name="node">What is given; null: nothing is.</param>
    /// <param name="state">The state file, beside which it is by default.</param>
    public HistorySettings Bind(YamlNode? node, string? state)
    {
        string? beside = HistorySettings.FileBeside(state);
        Given given = new(beside is null ? FileKeys.Memory : beside, SqliteRollUpStore.DefaultMaxAge, MaxSize: null);
        if (node is YamlMap map)
        {
            given = map.FixedEntries.Aggregate(given, (before, entry) => Bind(entry, before, state));
        }
        else if (node is not null)
        {
            given = given with { Place = BindPlace(node, FileKeys.History, state) ?? FileKeys.Off };
        }

        string? file = given.Place is FileKeys.Off or FileKeys.Memory ? null : given.Place;
        long usualSize = file is null ? SqliteRollUpStore.DefaultMaxSizeInMemory : SqliteRollUpStore.DefaultMaxSize;
        return new(given.Place != FileKeys.Off, file, given.MaxAge, given.MaxSize ?? usualSize);
    }

    private Given Bind(YamlEntry entry, Given given, string? state)
    {
        switch (entry.Name)
        {
            case FileKeys.File:
                return given with { Place = BindPlace(entry.Value, entry.Name, state) ?? FileKeys.Off };
            case FileKeys.MaxAge:
                return given with { MaxAge = retention.BindAge(entry, AcceptedAge) };
            case FileKeys.MaxSize:
                return given with { MaxSize = retention.BindSize(entry, AcceptedSize) };
            default:
                errors.AddUnknownKey(entry, FileKeys.History, FileKeys.OfHistory);
                return given;
        }
    }

    private string? BindPlace(YamlNode node, string name, string? state)
    {
        bool mayBeOff = name == FileKeys.History;
        string accepted = mayBeOff ? $"{FileKeys.Off}, {AcceptedFile}, or a mapping of {Keys}" : AcceptedFile;
        if (options.ReadText(node, name, accepted) is not { } given)
        {
            return null;
        }

        if (given.Text == FileKeys.Memory || (mayBeOff && given.Text == FileKeys.Off))
        {
            return given.Text;
        }

        string? path = given.Text.AsSpan().IndexOfAny('/', '.') >= 0 ? FilePath.Full(given.Text, given.At.File) : null;
        Parsed parsed =
            path is null
                ? Parsed.Refused(
                    meant: errors.Guess(given.Text, mayBeOff ? [FileKeys.Memory, FileKeys.Off] : [FileKeys.Memory])
                )
            : path == state ? Parsed.Refused("which is the state file")
            : new(path);
        return (string?)options.Take(parsed, name, given, accepted);
    }

    private sealed record Given(string Place, TimeSpan MaxAge, long? MaxSize);
}
