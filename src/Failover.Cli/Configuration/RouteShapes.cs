using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The shapes of <c>notifications</c> in the JSON Schema.</summary>
internal static class RouteShapes
{
    /// <summary>The shape of a key of <c>notifications</c>.</summary>
    public static JsonObject Of(string key) =>
        key == FileKeys.Routes
            ? new() { ["type"] = "object", ["additionalProperties"] = Route() }
            : ConfigurationShapes.Reference("text");

    private static JsonObject Route()
    {
        JsonObject route = ConfigurationSchema.Mapping(FileKeys.OfRoute, OfRouteKey);
        JsonObject properties = (JsonObject)route["properties"]!;
        JsonArray one = [];
        foreach (ReceiverKind kind in ReceiverKinds.All)
        {
            properties[kind.Name] = Receiver(kind);
            one.Add((JsonNode)ConfigurationShapes.Required(kind.Name));
        }

        route["oneOf"] = one;
        return route;
    }

    private static JsonObject OfRouteKey(string key) =>
        key switch
        {
            FileKeys.Components => ConfigurationSchema.TextOrList(),
            FileKeys.Topics => ConfigurationShapes.ByShape(
                "array",
                new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = Topic(),
                    ["minItems"] = 1,
                },
                Topic()
            ),
            _ => ConfigurationShapes.Of(
                new Option[]
                {
                    NotificationRoute.SeverityOption,
                    NotificationRoute.MinimumDurationOption,
                    NotificationRoute.TellsResolvedOption,
                }.Single(option => option.Key == key)
            ),
        };

    private static JsonObject Topic() =>
        ConfigurationShapes.Words(NotificationWords.Topics.Select(topic => topic.Word));

    private static JsonObject Receiver(ReceiverKind kind)
    {
        JsonObject properties = [];
        foreach (Option option in kind.Options)
        {
            properties[option.Key] = ConfigurationSchema.Described(
                ConfigurationShapes.Of(option),
                ConfigurationSchema.Sentence(option.Meaning),
                option.Accepted,
                option.Default
            );
        }

        JsonObject mapping = new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["patternProperties"] = ConfigurationShapes.Extensions(),
            ["required"] = new JsonArray([
                .. kind.Options.Where(option => option.Default is null).Select(option => (JsonNode)option.Key),
            ]),
        };
        JsonObject shape = kind.ShortOption is null
            ? mapping
            : ConfigurationShapes.ByShape("object", mapping, ConfigurationShapes.Reference("text"));
        shape["description"] = ConfigurationSchema.Sentence(kind.Meaning);
        return shape;
    }
}
