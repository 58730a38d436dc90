using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The shapes of <c>otlp</c> in the JSON Schema.</summary>
internal static class OtlpShapes
{
    /// <summary>That of one of its keys.</summary>
    public static JsonObject Of(string key) =>
        key switch
        {
            FileKeys.Protocol => ConfigurationShapes.Words([FileKeys.HttpProtobuf, FileKeys.Grpc]),
            FileKeys.Interval or FileKeys.Timeout => ConfigurationShapes.Reference("duration"),
            FileKeys.Headers => ConfigurationShapes.Of(OtlpSettings.HeadersOption),
            FileKeys.Resource => ConfigurationShapes.Of(OtlpSettings.ResourceOption),
            _ => ConfigurationShapes.Reference("text"),
        };
}
