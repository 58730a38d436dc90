namespace Failover;

/// <summary>How many connections may be open: <c>connections</c>.</summary>
internal sealed class ConnectionsBinder(OptionBinder options, ConfigurationErrors errors)
{
    private readonly LimitsBinder binder = new(options, errors, FileKeys.Connections, FileKeys.OfConnections);

    public ConnectionLimits Bind(YamlNode? node) => binder.EntriesOf(node).Aggregate(new ConnectionLimits(), Bind);

    private ConnectionLimits Bind(ConnectionLimits limits, YamlEntry entry) =>
        entry.Name switch
        {
            FileKeys.Max => limits with { Max = binder.BindCount(entry) },
            FileKeys.MaxUnix => limits with { MaxUnix = binder.BindCount(entry) },
            FileKeys.MaxManagement => limits with { MaxManagement = binder.BindCount(entry) },
            FileKeys.FirstByteTimeout => limits with { FirstByteTimeout = (TimeSpan?)binder.Bind(entry, ParseTimeout) },
            _ => throw new ArgumentException($"no such key: {entry.Name}", nameof(entry)),
        };

    private static Parsed ParseTimeout(string text) =>
        DurationText.Parse(text) switch
        {
            { Value: TimeSpan timeout } when timeout < TimeSpan.FromSeconds(1) => Parsed.Refused("which is too short"),
            { Value: TimeSpan timeout } when timeout > TimeSpan.FromMinutes(1) => Parsed.Refused("which is too long"),
            var parsed => parsed,
        };
}
