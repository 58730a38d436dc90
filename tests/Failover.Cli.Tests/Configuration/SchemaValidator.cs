using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>The part of JSON Schema (draft 2020-12) that our own one uses; another keyword is a fault of the test.</summary>
/// <param name="root">The schema, for what <c>$ref</c> names.</param>
internal sealed class SchemaValidator(JsonObject root)
{
    /// <summary>Where a value breaks the schema, and which keyword.</summary>
    public IEnumerable<string> Validate(JsonObject schema, JsonNode? value, string at) =>
        schema.SelectMany(keyword => Check(schema, keyword.Key, keyword.Value, value, at));

    /// <summary>A file as an editor sees it: texts without quotes may be numbers, booleans or nothing.</summary>
    public static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Name, ToJson(entry.Value)))
            ),
            YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
            YamlText { IsEmpty: true } => null,
            YamlText { IsPlain: true } text
                when long.TryParse(text.Text, CultureInfo.InvariantCulture, out long number) => number,
            YamlText { IsPlain: true, Text: "true" or "false" } text => bool.Parse(text.Text),
            YamlText text => text.Text,
            _ => throw new InvalidOperationException(),
        };

    private IEnumerable<string> Check(JsonObject schema, string keyword, JsonNode? rule, JsonNode? value, string at)
    {
        JsonObject? map = value as JsonObject;
        bool isKept = keyword switch
        {
            "$schema"
            or "$defs"
            or "title"
            or "description"
            or "properties"
            or "patternProperties"
            or "additionalProperties"
            or "$ref"
            or "items" => true,
            "type" => rule is JsonArray types
                ? types.Any(type => IsOfType(value, (string)type!))
                : IsOfType(value, (string)rule!),
            "enum" => value is not null && ((JsonArray)rule!).Any(word => JsonNode.DeepEquals(word, value)),
            "pattern" => value?.GetValueKind() != JsonValueKind.String
                || Regex.IsMatch((string)value!, (string)rule!, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)),
            "minimum" => value?.GetValueKind() != JsonValueKind.Number || (long)value! >= (long)rule!,
            "minItems" => value is not JsonArray list || list.Count >= (int)rule!,
            "minProperties" => map is null || map.Count >= (int)rule!,
            "maxProperties" => map is null || map.Count <= (int)rule!,
            "anyOf" => ((JsonArray)rule!).Any(choice => !Validate((JsonObject)choice!, value, at).Any()),
            "oneOf" => ((JsonArray)rule!).Count(choice => !Validate((JsonObject)choice!, value, at).Any()) == 1,
            "not" => Validate((JsonObject)rule!, value, at).Any(),
            "required" => true,
            _ => throw new InvalidOperationException($"a keyword that this validator does not know: {keyword}"),
        };
        IEnumerable<string> broken = isKept ? [] : [$"{at}: {keyword}"];
        return keyword switch
        {
            "$ref" => Validate((JsonObject)root["$defs"]![((string)rule!).Split('/')[^1]]!, value, at),
            "required" when map is not null => ((JsonArray)rule!)
                .Where(name => !map.ContainsKey((string)name!))
                .Select(name => $"{at}: required {name}"),
            "properties" when map is not null => ((JsonObject)rule!)
                .Where(property => map.ContainsKey(property.Key))
                .SelectMany(property =>
                    Validate((JsonObject)property.Value!, map[property.Key], $"{at}/{property.Key}")
                ),
            "additionalProperties" when map is not null => map.Where(property =>
                    (schema["properties"] as JsonObject)?.ContainsKey(property.Key) != true
                    && (schema["patternProperties"] is null || !property.Key.StartsWith("x-", StringComparison.Ordinal))
                )
                .SelectMany(property =>
                    rule is JsonObject shape
                        ? Validate(shape, property.Value, $"{at}/{property.Key}")
                        : [$"{at}/{property.Key}: {keyword}"]
                ),
            "items" when value is JsonArray items => items.SelectMany(
                (item, i) => Validate((JsonObject)rule!, item, $"{at}/{i}")
            ),
            _ => broken,
        };
    }

    private static bool IsOfType(JsonNode? value, string type) =>
        (type, value?.GetValueKind()) switch
        {
            ("null", null) => true,
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) =>
                true,
            ("integer" or "number", JsonValueKind.Number) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            _ => false,
        };
}
