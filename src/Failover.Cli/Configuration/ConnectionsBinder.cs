using System.Globalization;

namespace Failover;

/// <summary>How many connections may be open: <c>connections</c>.</summary>
internal sealed class ConnectionsBinder(OptionBinder options, ConfigurationErrors errors)
{
    private const long Most = 1_000_000;

    private static readonly string Keys = FileKeys.OfConnections.Names();

    public ConnectionLimits Bind(YamlNode? node)
    {
        ConnectionLimits limits = new();
        switch (node)
        {
            case null:
                return limits;
            case YamlMap map:
                foreach (YamlEntry entry in map.FixedEntries)
                {
                    limits = Bind(entry, limits);
                }

                return limits;
            default:
                errors.Add(
                    node.Position,
                    $"{FileKeys.Connections} is {node.Shape}",
                    FileKeys.Top.Of(FileKeys.Connections).Accepted
                );
                return limits;
        }
    }

    private ConnectionLimits Bind(YamlEntry entry, ConnectionLimits limits)
    {
        switch (entry.Name)
        {
            case FileKeys.Max:
                return limits with { Max = (long?)Bind(entry, ParseCount) };
            case FileKeys.MaxUnix:
                return limits with { MaxUnix = (long?)Bind(entry, ParseCount) };
            case FileKeys.MaxManagement:
                return limits with { MaxManagement = (long?)Bind(entry, ParseCount) };
            case FileKeys.FirstByteTimeout:
                return limits with { FirstByteTimeout = (TimeSpan?)Bind(entry, ParseTimeout) };
            default:
                errors.Add(
                    entry.Key.Position,
                    $"unknown key {Printable.Quoted(entry.Name)} in {FileKeys.Connections}",
                    Keys,
                    errors.Guess(entry.Name, Keys.Split(", "))
                );
                return limits;
        }
    }

    private object? Bind(YamlEntry entry, Func<string, Parsed> parse)
    {
        string accepted = FileKeys.OfConnections.Of(entry.Name).Accepted;
        return options.ReadText(entry.Value, entry.Name, accepted) is { } given
            ? options.Take(parse(given.Text), entry.Name, given, accepted)
            : null;
    }

    private static Parsed ParseCount(string text) =>
        !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? Parsed.Refused()
        : count < 1 ? Parsed.Refused("which is too few")
        : count > Most ? Parsed.Refused("which is too many")
        : new(count);

    private static Parsed ParseTimeout(string text) =>
        DurationText.Parse(text) switch
        {
            { Value: TimeSpan timeout } when timeout < TimeSpan.FromSeconds(1) => Parsed.Refused("which is too short"),
            { Value: TimeSpan timeout } when timeout > TimeSpan.FromMinutes(1) => Parsed.Refused("which is too long"),
            var parsed => parsed,
        };
}
