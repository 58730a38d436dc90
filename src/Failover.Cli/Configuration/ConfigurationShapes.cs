using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The shapes of options in the JSON Schema, by the type of the option.</summary>
internal static class ConfigurationShapes
{
    /// <summary>Some or all of a scalar may be in the environment or in another file.</summary>
    public const string Secret = @"\$\{";

    /// <summary>The kinds that a file can say, in the order of the index.</summary>
    public static IEnumerable<KindKeys> Kinds =>
        TaskKinds.All.Where(kind => kind.Make is not null).Select(kind => KindKeys.All[kind.Name]);

    public static JsonObject Of(Option option) =>
        option switch
        {
            TaskOption => Reference("task"),
            DurationOption => Reference("duration"),
            StateOption { TakesFirst: true } => Reference("first_state"),
            StateOption => Reference("state"),
            ThresholdOption => Reference("threshold"),
            AuthenticationOption => Reference("authentication"),
            ChoiceOption choice => Words(choice.Choices),
            ListOption list => OneOrSeveral(list),
            MapOption map => MapTo(map),
            TaskListOption => ByShape("array", Several(Reference("task")), ByName()),
            _ => Reference("text"),
        };

    private static JsonObject Several(JsonObject item) =>
        new()
        {
            ["type"] = "array",
            ["items"] = item,
            ["minItems"] = 1,
        };

    // A kind is no name: a single task was meant.
    private static JsonObject ByName() =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = Reference("task"),
            ["propertyNames"] = new JsonObject
            {
                ["not"] = new JsonObject
                {
                    ["enum"] = new JsonArray([.. TaskBinder.Keys.Select(key => (JsonNode)key)]),
                },
            },
            ["minProperties"] = 1,
        };

    private static JsonObject OneOrSeveral(ListOption list) =>
        ByShape("array", Several(Of(list.ItemOption)), Of(list.ItemOption));

    private static JsonObject MapTo(MapOption map) =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = Of(map.ValueOption),
            ["minProperties"] = 1,
        };

    /// <summary>One of a few words, which an editor offers, or a secret.</summary>
    public static JsonObject Words(IEnumerable<string> words) =>
        new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) },
                new JsonObject { ["type"] = "string", ["pattern"] = Secret }
            ),
        };

    /// <summary>One shape for what is of a type, and another one for all else. Not <c>anyOf</c>: for a slip far below, an editor would say that
    /// nothing fits, up here.</summary>
    public static JsonObject ByShape(string type, JsonObject shape, JsonObject otherwise) =>
        new()
        {
            ["if"] = new JsonObject { ["type"] = type },
            ["then"] = shape,
            ["else"] = otherwise,
        };

    /// <summary>A count or a duration with what it is joined with.</summary>
    public static JsonObject JoinedThreshold(JsonObject threshold)
    {
        JsonObject properties = [];
        foreach (string key in new[] { "count", "duration", "and", "or" })
        {
            properties[key] = threshold.DeepClone();
        }

        return new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["patternProperties"] = Extensions(),
            ["anyOf"] = new JsonArray(Required("count"), Required("duration")),
            // Of the two, the second is marked.
            ["dependentSchemas"] = new JsonObject
            {
                ["and"] = new JsonObject { ["properties"] = new JsonObject { ["or"] = false } },
                ["count"] = new JsonObject { ["properties"] = new JsonObject { ["duration"] = false } },
            },
        };
    }

    public static JsonObject Htpasswd(JsonObject path) =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["htpasswd"] = path },
            ["additionalProperties"] = false,
            ["patternProperties"] = Extensions(),
            ["required"] = new JsonArray("htpasswd"),
        };

    /// <summary>A value for every option that a default can be given for; one key may mean something else in each kind.</summary>
    public static JsonObject Defaults()
    {
        JsonObject properties = [];
        foreach (
            IGrouping<string, Option> group in Failover
                .Defaults.Possible.GroupBy(option => option.Key, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            properties[group.Key] = Any(group.Select(Of));
        }

        return new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["patternProperties"] = Extensions(),
        };
    }

    // Kinds differ in what a key accepts: initial_state may be first in some only.
    private static JsonObject Any(IEnumerable<JsonObject> shapes)
    {
        JsonObject[] distinct = [.. shapes.DistinctBy(shape => shape.ToJsonString(), StringComparer.Ordinal)];
        return distinct is [var only] ? only : new() { ["anyOf"] = new JsonArray([.. distinct]) };
    }

    /// <summary>Where keys are fixed, those that begin so are for people and for anchors.</summary>
    public static JsonObject Extensions() => new() { ["^x-"] = new JsonObject() };

    public static JsonObject Required(params string[] keys) =>
        new() { ["required"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]) };

    public static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };
}
