namespace Failover;

/// <summary>Where metrics are sent, by OTLP, and how: <c>otlp</c>.</summary>
/// <remarks>Defaults and the path are those of OpenTelemetry's specification, "OpenTelemetry Protocol Exporter" and "Periodic exporting
/// MetricReader".</remarks>
internal sealed record OtlpSettings
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>What the URL of a receiver is completed with for HTTP.</summary>
    public const string HttpPath = "/v1/metrics";

    // What the exporter sets itself.
    private static readonly string[] Reserved = ["content-type", "host", "user-agent"];

    /// <summary>The receiver; null: the usual one of the protocol, on this machine.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether gRPC is spoken; else, protobuf over HTTP.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>How often they are sent.</summary>
    public TimeSpan Interval { get; init; } = DefaultInterval;

    /// <summary>How long that may take.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Headers of each request, or metadata of gRPC. The values are never shown. But what is one of them is no secret wherever else it
    /// stands: the name of a tenant may be part of the names of components.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers
    {
        get;
        init => field = new ValueList<KeyValuePair<string, string>>(value);
    } = new ValueList<KeyValuePair<string, string>>([]);

    /// <summary>Attributes of what the metrics are of, beside those that the exporter has, or instead of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Resource
    {
        get;
        init => field = new ValueList<KeyValuePair<string, string>>(value);
    } = new ValueList<KeyValuePair<string, string>>([]);

    /// <summary>A file with the roots that are trusted; null: those of the system.</summary>
    public string? Ca { get; init; }

    /// <summary>The receiver.</summary>
    public Uri Receiver => new(Endpoint ?? (IsGrpc ? "http://localhost:4317" : "http://localhost:4318"));

    public static FormattedOption EndpointOption { get; } = EndpointNamed("endpoint");

    /// <summary>The same, where it is all that is said.</summary>
    public static FormattedOption OnlyOption { get; } = EndpointNamed(FileKeys.Otlp);

    public static MapOption<string> HeadersOption { get; } =
        new(
            "headers",
            "headers of each request, in gRPC its metadata; the values are never shown",
            new FormattedOption(
                "header",
                "the name of a header",
                "the name of a header, of those that the exporter does not set itself",
                "Authorization",
                HeaderFlaw
            ),
            new FormattedOption(
                "value",
                "its value",
                "printable ASCII characters",
                "Bearer se-cret",
                text => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "" : null
            ),
            "none"
        );

    public static MapOption<string> ResourceOption { get; } =
        new(
            "resource",
            "attributes of the resource, beside those that are sent anyhow, or instead of them",
            new FormattedOption(
                "attribute",
                "the name of an attribute",
                "a text without control characters",
                "deployment.environment.name",
                text => text.Length == 0 || text.Any(char.IsControl) ? "" : null
            ),
            new TextOption("value", "its value", ""),
            "service.name: failover, service.version, service.instance.id: HOST:PORT of the first address of listen, and host.name"
        );

    public static PathOption CaOption { get; } = TlsOptions.Ca();

    private static FormattedOption EndpointNamed(string name) =>
        new(
            name,
            $"the receiver; over HTTP, {HttpPath} is put behind it where it does not end so",
            "a URL that begins with http:// or https://",
            "http://collector.example.net:4318",
            EndpointFlaw,
            $"http://localhost:4318; with protocol: {FileKeys.Grpc}, http://localhost:4317"
        );

    private static string? EndpointFlaw(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.UserInfo.Length > 0
            ? "with a user in it; give that in headers"
            : HttpTexts.UrlFlaw(text);

    private static string? HeaderFlaw(string text) =>
        Reserved.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? "which the exporter sets itself"
            : HttpTexts.HeaderNameFlaw(text)?.Replace("the check", "the exporter", StringComparison.Ordinal);
}
