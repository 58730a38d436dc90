namespace Failover;

/// <summary>Where metrics are sent: <c>otlp</c>.</summary>
internal sealed class OtlpBinder(OptionBinder options, ConfigurationErrors errors)
{
    private readonly LimitsBinder binder = new(options, errors, FileKeys.Otlp, FileKeys.OfOtlp);

    /// <summary>Reads it; null: they are not sent.</summary>
    public OtlpSettings? Bind(YamlNode? node) =>
        node switch
        {
            null => null,
            YamlText { IsEmpty: false } => new() { Endpoint = (string?)options.Bind(OtlpSettings.OnlyOption, node) },
            _ => binder.EntriesOf(node).Aggregate(new OtlpSettings(), Bind),
        };

    private OtlpSettings Bind(OtlpSettings settings, YamlEntry entry) =>
        entry.Name switch
        {
            FileKeys.Endpoint => settings with
            {
                Endpoint = (string?)options.Bind(OtlpSettings.EndpointOption, entry.Value),
            },
            FileKeys.Protocol => settings with { IsGrpc = binder.Bind(entry, ParseProtocol) is true },
            FileKeys.Interval => settings with
            {
                Interval = (TimeSpan?)binder.Bind(entry, text => Parse(text, TimeSpan.FromHours(1))) ?? default,
            },
            FileKeys.Timeout => settings with
            {
                Timeout = (TimeSpan?)binder.Bind(entry, text => Parse(text, TimeSpan.FromMinutes(1))) ?? default,
            },
            FileKeys.Headers => settings with { Headers = BindMap(OtlpSettings.HeadersOption, entry) },
            FileKeys.Resource => settings with { Resource = BindMap(OtlpSettings.ResourceOption, entry) },
            FileKeys.Ca => settings with { Ca = (string?)options.Bind(OtlpSettings.CaOption, entry.Value) },
            _ => throw new ArgumentException($"no such key: {entry.Name}", nameof(entry)),
        };

    private IReadOnlyList<KeyValuePair<string, string>> BindMap(MapOption<string> option, YamlEntry entry) =>
        (IReadOnlyList<KeyValuePair<string, string>>?)options.Bind(option, entry.Value) ?? [];

    private static Parsed ParseProtocol(string text) =>
        Parsed.OneOf(text, [(FileKeys.HttpProtobuf, false), (FileKeys.Grpc, true)]);

    private static Parsed Parse(string text, TimeSpan most) =>
        DurationText.Parse(text) switch
        {
            { Value: TimeSpan value } when value < TimeSpan.FromSeconds(1) => Parsed.Refused("which is too short"),
            { Value: TimeSpan value } when value > most => Parsed.Refused("which is too long"),
            var parsed => parsed,
        };
}
