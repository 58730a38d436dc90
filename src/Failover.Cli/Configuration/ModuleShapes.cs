using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The shapes of modules in the JSON Schema: those of checks, without what says their targets.</summary>
internal static class ModuleShapes
{
    /// <summary>Modules by their names.</summary>
    public static JsonObject All()
    {
        JsonObject properties = new() { [TaskLayer.Timeout] = ConfigurationShapes.Reference("duration") };
        JsonArray one = [];
        foreach (KindKeys keys in ConfigurationShapes.Kinds)
        {
            if (keys.Kind.Target is { } target)
            {
                properties[keys.Kind.Name] = WithoutTarget(ConfigurationSchema.OfKind(keys), target);
                one.Add((JsonNode)ConfigurationShapes.Required(keys.Kind.Name));
            }
        }

        JsonObject module = new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["patternProperties"] = ConfigurationShapes.Extensions(),
            ["oneOf"] = one,
        };
        return new() { ["type"] = "object", ["additionalProperties"] = module };
    }

    private static JsonObject WithoutTarget(JsonObject kind, TargetForm target)
    {
        string[] given = [.. target.Form.Split(target.Example)!.Select(part => part.Option.Key)];
        foreach (string key in given.Concat(target.Others.Select(option => option.Key)))
        {
            kind["properties"]!.AsObject().Remove(key);
        }

        string[] required =
        [
            .. (kind["required"]?.AsArray() ?? []).Select(key => $"{key}").Except(given, StringComparer.Ordinal),
        ];
        kind.Remove("required");
        if (required.Length > 0)
        {
            kind["required"] = new JsonArray([.. required.Select(key => (JsonNode)key)]);
        }

        // What is asked may be said in short, where that is not the target.
        kind["type"] = new JsonArray("object", required.Length > 0 ? "string" : "null");
        return kind;
    }
}
