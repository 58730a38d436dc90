using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The rules of the short form in the JSON Schema: by key, what must stand beside it and what must not.</summary>
internal static class TaskLayerShapes
{
    private const string InitialState = "initial_state";

    /// <summary>The rules of every task.</summary>
    public static JsonObject OfTask()
    {
        JsonObject rules = [];
        foreach (string kind in TaskLayer.WithoutLayers)
        {
            rules[kind] = Without(TaskLayer.Names);
        }

        foreach (string key in TaskLayer.Names.Where(key => key != TaskLayer.Timeout))
        {
            string[] makers = [.. TaskLayer.OwnersOf(key).SelectMany(layer => layer.Makes).Select(made => made.Name)];
            if (!makers.Contains(key, StringComparer.Ordinal))
            {
                rules[key] = OneOf(makers);
            }
        }

        foreach (string kind in TaskLayer.Names.Where(KindKeys.All.ContainsKey))
        {
            rules[kind] = new JsonObject
            {
                ["if"] = OneOf(Others(kind)),
                ["then"] = Shaped(kind, ConfigurationShapes.Of(TaskLayer.OptionOf(kind))),
                ["else"] = Shaped(kind, ConfigurationShapes.Reference(kind)),
            };
        }

        JsonObject twice = [];
        foreach (string kind in TaskLayer.WithTimeout)
        {
            twice[kind] = Without([TaskLayer.Timeout]);
        }

        JsonObject timeout = OneOf(TaskLayer.WithTimeout);
        timeout["properties"] = twice;
        rules[TaskLayer.Timeout] = timeout;
        return rules;
    }

    /// <summary>The rules of a component.</summary>
    public static JsonObject OfComponent()
    {
        JsonObject rules = OfTask();
        foreach (string kind in TaskLayer.WithoutLayers)
        {
            rules[kind] = Without([.. TaskLayer.Names, FileKeys.Latch]);
        }

        JsonObject latch = Without([FileKeys.OnPost]);
        latch["properties"]![InitialState] = ConfigurationShapes.Words([HealthState.Ok.Word()]);
        rules[FileKeys.Latch] = latch;
        JsonObject held = ConfigurationShapes.Required(FileKeys.OnError);
        held["properties"] = new JsonObject
        {
            [FileKeys.OnError] = ConfigurationShapes.Words([ErrorHandling.HowOption.Text(OnError.Hold)]),
        };
        rules[FileKeys.OnErrorFor] = held;
        return rules;
    }

    /// <summary>A kind that is a layer where another task stands beside it: without one.</summary>
    public static JsonObject Alone(string kind)
    {
        JsonObject alone = ConfigurationShapes.Required(kind);
        alone["not"] = OneOf(Others(kind));
        return alone;
    }

    private static IEnumerable<string> Others(string kind) =>
        ConfigurationShapes.Kinds.Select(keys => keys.Kind.Name).Append(FileKeys.Ref).Where(key => key != kind);

    private static JsonObject Shaped(string key, JsonObject shape) =>
        new() { ["properties"] = new JsonObject { [key] = shape } };

    private static JsonObject Without(IEnumerable<string> keys)
    {
        JsonObject none = [];
        foreach (string key in keys)
        {
            none[key] = false;
        }

        return new() { ["properties"] = none };
    }

    private static JsonObject OneOf(IEnumerable<string> keys) =>
        new() { ["anyOf"] = new JsonArray([.. keys.Select(key => (JsonNode)ConfigurationShapes.Required(key))]) };
}
