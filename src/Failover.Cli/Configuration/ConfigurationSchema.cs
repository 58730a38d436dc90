using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Failover;

/// <summary>The JSON Schema of the configuration file (draft 2020-12), for editors: made of the same data that the file is read
/// with.</summary>
/// <remarks>It is looser than reading the file: whether a host is one, a ref leads somewhere or a duration is within its bounds
/// is for <c>failover check</c> to say.</remarks>
internal static class ConfigurationSchema
{
    private const string Secret = ConfigurationShapes.Secret;
    private const string Duration = @"^(?=.)([\d.]+d)?([\d.]+h)?([\d.]+m)?([\d.]+s)?([\d.]+ms)?$";

    /// <summary>The schema as it is committed: indented, with a newline at its end.</summary>
    public static string Text { get; } = Write(Root());

    private static JsonObject Root()
    {
        JsonObject root = Mapping(FileKeys.Top, TopShape);
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        root["title"] = "Failover";
        root["description"] =
            "Health checks for load balancers: what to probe, how to judge the results, and where to serve them.";
        // What is included may bring the components.
        root.Remove("required");
        root["$defs"] = Definitions();
        return root;
    }

    private static JsonObject Definitions()
    {
        JsonObject definitions = new()
        {
            ["text"] = new JsonObject { ["type"] = Strings("string", "number", "boolean") },
            ["duration"] = Pattern(
                $"{Duration}|{Secret}",
                "A number and its unit: d, h, m, s, ms; several of them, as 1m30s."
            ),
            ["size"] = Pattern($@"^\d+(KiB|MiB|GiB|TiB)$|{Secret}", "A whole number and its unit: KiB, MiB, GiB, TiB."),
            ["count"] = NumberOr($@"^\d+$|{Secret}"),
            ["state"] = ConfigurationShapes.Words([HealthState.Ok.Word(), HealthState.Fail.Word()]),
            ["threshold"] = ConfigurationShapes.ByShape(
                "object",
                ConfigurationShapes.JoinedThreshold(Reference("threshold")),
                NumberOr($@"{Duration}|^\d+$|{Secret}")
            ),
            ["authentication"] = ConfigurationShapes.ByShape(
                "object",
                ConfigurationShapes.Htpasswd(Reference("text")),
                Reference("text")
            ),
            ["first_state"] = ConfigurationShapes.Words([
                HealthState.Ok.Word(),
                HealthState.Fail.Word(),
                StateOption.First,
            ]),
            ["task"] = Choice(new JsonObject(), TaskLayerShapes.OfTask()),
            ["component"] = Choice(Properties(FileKeys.OfComponent, ComponentShape), TaskLayerShapes.OfComponent()),
        };
        foreach (KindKeys keys in ConfigurationShapes.Kinds)
        {
            definitions[keys.Kind.Name] = OfKind(keys);
        }

        return definitions;
    }

    /// <summary>A mapping with one task in it, and with the keys of layers and what is in <paramref name="others"/> beside it.</summary>
    /// <param name="others">Further keys.</param>
    /// <param name="rules">By key, what must or must not stand beside it.</param>
    private static JsonObject Choice(JsonObject others, JsonObject rules)
    {
        JsonObject tasks = [];
        JsonArray one = [];
        foreach (KindKeys keys in ConfigurationShapes.Kinds)
        {
            string kind = keys.Kind.Name;
            // What is a layer beside a task has a rule for either.
            bool isLayer = TaskLayer.IsKey(kind);
            tasks[kind] = isLayer ? new JsonObject() : Reference(kind);
            one.Add((JsonNode)(isLayer ? TaskLayerShapes.Alone(kind) : ConfigurationShapes.Required(kind)));
        }

        tasks[FileKeys.Ref] = Described(Reference("text"), "The name of a task under tasks, or of a component.");
        one.Add((JsonNode)ConfigurationShapes.Required(FileKeys.Ref));
        foreach (string key in TaskLayer.Names)
        {
            Option option = TaskLayer.OptionOf(key);
            tasks[key] = Described(
                tasks.ContainsKey(key) ? new JsonObject() : ConfigurationShapes.Of(option),
                $"{Sentence(option.Meaning)} Accepted: {option.Accepted}."
            );
        }

        foreach ((string key, JsonNode? shape) in others)
        {
            tasks[key] = shape?.DeepClone();
        }

        return new()
        {
            ["type"] = "object",
            ["properties"] = tasks,
            ["additionalProperties"] = false,
            ["patternProperties"] = ConfigurationShapes.Extensions(),
            ["oneOf"] = one,
            ["dependentSchemas"] = rules,
        };
    }

    internal static JsonObject OfKind(KindKeys keys)
    {
        if (keys.Kind.WholeOption is { } whole)
        {
            JsonObject value = new()
            {
                ["title"] = keys.Kind.Name,
                ["allOf"] = new JsonArray(ConfigurationShapes.Of(whole)),
            };
            return Described(value, Sentence(keys.Kind.Meaning), whole.Accepted, whole.Default);
        }

        JsonObject properties = [];
        foreach (Option option in keys.Kind.Options)
        {
            properties[option.Key] = Described(
                ConfigurationShapes.Of(option),
                Sentence(option.Meaning),
                option.Accepted,
                option.Default
            );
        }

        string[] required =
        [
            .. keys
                .Kind.Options.Where(option => option.Default is null && !Defaults.IsPossible(option))
                .Select(option => option.Key),
        ];
        JsonObject mapping = new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["patternProperties"] = ConfigurationShapes.Extensions(),
        };
        if (required.Length > 0)
        {
            mapping["required"] = Strings(required);
        }

        // Each keyword is for one type alone: a slip in the mapping is marked where it is.
        List<string> types = ["object"];
        mapping["title"] = keys.Kind.Name;
        mapping["description"] = Sentence(keys.Kind.Meaning);
        if (keys.Kind.ShortForm is { } form)
        {
            types.Add("string");
            mapping["pattern"] = ".";
            mapping["description"] = $"{Sentence(keys.Kind.Meaning)} In short: {form.Accepted}.";
        }

        if (required.Length == 0)
        {
            types.Add("null");
        }

        mapping["type"] = types.Count == 1 ? types[0] : Strings([.. types]);
        return mapping;
    }

    private static JsonObject TopShape(string key) =>
        key switch
        {
            FileKeys.Listen or FileKeys.Include => TextOrList(),
            FileKeys.TrustedProxies => ConfigurationShapes.ByShape(
                "array",
                new JsonObject { ["type"] = "array", ["items"] = Reference("text") },
                Reference("text")
            ),
            FileKeys.Agent => ConfigurationShapes.ByShape(
                "object",
                Mapping(
                    FileKeys.OfAgent,
                    part =>
                        part == FileKeys.OnFail
                            ? ConfigurationShapes.Words([FileKeys.Down, FileKeys.Drain])
                            : Reference("text")
                ),
                Reference("text")
            ),
            FileKeys.Access => Mapping(FileKeys.OfAccess, AccessShape),
            FileKeys.Tls => Mapping(FileKeys.OfTls, _ => Reference("text")),
            FileKeys.State => ConfigurationShapes.ByShape(
                "object",
                Mapping(FileKeys.OfState, StateShape),
                Reference("text")
            ),
            FileKeys.History => ConfigurationShapes.ByShape(
                "object",
                Mapping(FileKeys.OfHistory, StateShape),
                Reference("text")
            ),
            FileKeys.Otlp => ConfigurationShapes.ByShape(
                "object",
                Mapping(FileKeys.OfOtlp, OtlpShapes.Of),
                Reference("text")
            ),
            FileKeys.Connections => Mapping(FileKeys.OfConnections, ConnectionsShape),
            FileKeys.Guards => new()
            {
                ["type"] = "object",
                ["additionalProperties"] = Mapping(FileKeys.OfGuard, GuardShape),
            },
            FileKeys.Maintenance => new() { ["type"] = "object", ["additionalProperties"] = MaintenanceShape() },
            FileKeys.Notifications => Mapping(FileKeys.OfNotifications, RouteShapes.Of),
            FileKeys.Probes => Mapping(
                FileKeys.OfProbes,
                part =>
                    part == FileKeys.Modules ? ModuleShapes.All()
                    : part == FileKeys.Targets ? TextOrList()
                    : Reference("count")
            ),
            FileKeys.Reload => ConfigurationShapes.Words(ReloadTriggers.All),
            FileKeys.Defaults => ConfigurationShapes.Defaults(),
            FileKeys.Tasks => MapOf("task"),
            FileKeys.Components => MapOf("component"),
            _ => Reference("text"),
        };

    private static JsonObject StateShape(string key) =>
        key switch
        {
            FileKeys.MaxAge or FileKeys.HistoryMaxAge => Reference("duration"),
            FileKeys.HistoryMaxSize or FileKeys.MaxSize => Reference("size"),
            _ => Reference("text"),
        };

    private static JsonObject ConnectionsShape(string key) =>
        key == FileKeys.FirstByteTimeout ? Reference("duration") : Reference("count");

    private static JsonObject AccessShape(string key) =>
        key switch
        {
            FileKeys.View or FileKeys.Operate => Reference("authentication"),
            FileKeys.Tokens => new()
            {
                ["type"] = "object",
                ["additionalProperties"] = Mapping(
                    FileKeys.OfToken,
                    part =>
                        part == FileKeys.Role
                            ? ConfigurationShapes.Words([FileKeys.View, FileKeys.Operate])
                            : Reference("text")
                ),
            },
            FileKeys.Hosts => TextOrList(),
            _ => Reference("text"),
        };

    private static JsonObject GuardShape(string key) =>
        key == FileKeys.Components ? TextOrList()
        : key == FileKeys.Auth ? Reference("authentication")
        : ConfigurationShapes.Of(
            new[] { (Option)Guard.MaxFailingOption, Guard.MaxFailingPercentOption, Guard.MaxDelayOption }.Single(
                option => option.Key == key
            )
        );

    private static JsonObject MaintenanceShape()
    {
        JsonObject mapping = Mapping(
            FileKeys.OfMaintenance,
            key =>
                key == FileKeys.Components ? TextOrList()
                : key == Maintenance.DurationOption.Key ? ConfigurationShapes.Of(Maintenance.DurationOption)
                : key == Maintenance.StateOption.Key ? ConfigurationShapes.Of(Maintenance.StateOption)
                : Reference("text")
        );
        mapping["oneOf"] = new JsonArray(
            ConfigurationShapes.Required(Maintenance.CronOption.Key),
            ConfigurationShapes.Required(Maintenance.StartOption.Key)
        );
        return mapping;
    }

    internal static JsonObject TextOrList() =>
        ConfigurationShapes.ByShape(
            "array",
            new JsonObject
            {
                ["type"] = "array",
                ["items"] = Reference("text"),
                ["minItems"] = 1,
            },
            Reference("text")
        );

    private static JsonObject ComponentShape(string key) =>
        key switch
        {
            FileKeys.ResponseDeadline or FileKeys.OnErrorFor => Reference("duration"),
            FileKeys.Latch => Reference("authentication"),
            FileKeys.OnError => ConfigurationShapes.Of(ErrorHandling.HowOption),
            FileKeys.ProbeHistogram => ConfigurationShapes.Of(ComponentDescription.ProbeHistogramOption),
            _ => Reference("text"),
        };

    private static JsonObject MapOf(string definition) =>
        new() { ["type"] = "object", ["additionalProperties"] = Reference(definition) };

    internal static JsonObject Mapping(IReadOnlyList<FileKey> keys, Func<string, JsonObject> shape)
    {
        string[] required = [.. keys.Where(key => key.Default is null).Select(key => key.Name)];
        JsonObject mapping = new()
        {
            ["type"] = "object",
            ["properties"] = Properties(keys, shape),
            ["additionalProperties"] = false,
            ["patternProperties"] = ConfigurationShapes.Extensions(),
        };
        if (required.Length > 0)
        {
            mapping["required"] = Strings(required);
        }

        return mapping;
    }

    private static JsonObject Properties(IReadOnlyList<FileKey> keys, Func<string, JsonObject> shape)
    {
        JsonObject properties = [];
        foreach (FileKey key in keys)
        {
            properties[key.Name] = Described(shape(key.Name), Sentence(key.Meaning), key.Accepted, key.Default);
        }

        return properties;
    }

    internal static JsonObject Described(JsonObject shape, string meaning, string accepted, string? fallback) =>
        Described(
            shape,
            $"{meaning} Accepted: {accepted}. {(fallback is null ? "Required" : $"Default: {fallback}")}."
        );

    private static JsonObject Described(JsonObject shape, string description)
    {
        shape["description"] = description;
        return shape;
    }

    internal static string Sentence(string meaning) => $"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}.";

    private static JsonObject Pattern(string pattern, string? description = null)
    {
        JsonObject shape = new() { ["type"] = "string", ["pattern"] = pattern };
        return description is null ? shape : Described(shape, description);
    }

    private static JsonObject Reference(string definition) => ConfigurationShapes.Reference(definition);

    private static JsonObject NumberOr(string pattern) =>
        new()
        {
            ["type"] = Strings("integer", "string"),
            ["minimum"] = 1,
            ["pattern"] = pattern,
        };

    private static JsonArray Strings(params string[] words) => new([.. words.Select(word => (JsonNode)word)]);

    // By hand: a serializer would look the types up by reflection, which a trimmed program cannot.
    private static string Write(JsonObject schema)
    {
        using MemoryStream text = new();
        using (
            Utf8JsonWriter writer = new(
                text,
                new JsonWriterOptions
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
        {
            schema.WriteTo(writer);
        }

        return $"{Encoding.UTF8.GetString(text.ToArray())}\n";
    }
}
