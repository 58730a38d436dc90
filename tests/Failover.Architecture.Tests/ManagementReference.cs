using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;

namespace Failover;

/// <summary>The OpenAPI document of the management API, made of its routes and of the records that it writes.</summary>
internal static class ManagementReference
{
    private const string Version = "v1";
    private const string ForPrograms = "bearer";
    private const string ForPeople = "basic";

    private static readonly Lazy<Dictionary<string, string>> Meanings = new(ReadMeanings);

    // What an event in the stream holds is named by no answer.
    private static readonly Type[] Streamed =
    [
        typeof(TransitionEvent),
        typeof(GuardEvent),
        typeof(OverrideEvent),
        typeof(MaintenanceEvent),
        typeof(HistoryPost),
        typeof(LostEvents),
    ];

    /// <summary>The document as it is committed: indented, with a newline at its end.</summary>
    public static async Task<string> TextAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(options => Use(options.SerializerOptions));
        builder.Services.AddOpenApi(Version, Configure);
        await using WebApplication application = builder.Build();
        await using HealthService service = new(TimeProvider.System);
        ManagementRoutes routes = new(service);
        ManagementEndpoints.Map(routes, service, new NoSource());
        // The page is for browsers, and no part of the API.
        foreach (
            ManagementEndpoint endpoint in routes.Endpoints.Where(one =>
                one.Path.StartsWith(ManagementRoutes.Api, StringComparison.Ordinal)
                || one.Path is MetricsEndpoint.Path or DiscoveryEndpoint.Path
                || ProbeEndpoint.Paths.Contains(one.Path)
            )
        )
        {
            ManagementDescription described =
                endpoint.Description ?? throw new InvalidOperationException($"describe {endpoint.Path}");
            application
                .MapMethods(
                    // ASP.NET has a rest of a path at its end alone; the document shows it alike.
                    endpoint.Path.Replace($"{ManagementRoutes.Name}/", "{name}/", StringComparison.Ordinal),
                    // As everywhere in HTTP, HEAD is GET without the body: it would say everything twice.
                    endpoint.Methods.Where(method => !HttpMethods.IsHead(method)),
                    HandleAsync
                )
                .WithSummary(described.Summary)
                .WithMetadata(
                    endpoint,
                    described,
                    // What is described has a method: the same for all.
                    ((RequestDelegate)HandleAsync).Method,
                    new ProducesResponseTypeMetadata(described.Status, described.Answer, [described.ContentType])
                );
        }

        // Routes are known to what describes them from then on.
        application.UseRouting();
#pragma warning disable ASP0014
        application.UseEndpoints(_ => { });
#pragma warning restore ASP0014
        OpenApiDocument document = await application
            .Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Version)
            .GetOpenApiDocumentAsync(TestContext.Current.CancellationToken);
        string json = await document.SerializeAsJsonAsync(
            OpenApiSpecVersion.OpenApi3_1,
            TestContext.Current.CancellationToken
        );
        return $"{json.ReplaceLineEndings("\n")}\n";
    }

    private static Task HandleAsync(HttpContext http) => Task.CompletedTask;

    // As the answers are written.
    private static void Use(JsonSerializerOptions options)
    {
        JsonSerializerOptions ours = ManagementJson.Default.Options;
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            ManagementJson.Default,
            new DefaultJsonTypeInfoResolver()
        );
        options.PropertyNamingPolicy = ours.PropertyNamingPolicy;
        options.NumberHandling = ours.NumberHandling;
        options.RespectNullableAnnotations = ours.RespectNullableAnnotations;
        options.RespectRequiredConstructorParameters = ours.RespectRequiredConstructorParameters;
        foreach (System.Text.Json.Serialization.JsonConverter converter in ours.Converters)
        {
            options.Converters.Add(converter);
        }
    }

    private static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            async (document, context, cancel) =>
            {
                document.Info = new()
                {
                    Title = "Failover: management API",
                    Version = Version,
                    Description =
                        "Later versions add fields and endpoints: ignore what is not known. HEAD is GET without the body. Errors are problem documents (RFC 9457).",
                };
                document.Servers = [];
                document.Tags = null;
                foreach (IOpenApiPathItem path in document.Paths.Values)
                {
                    foreach (OpenApiOperation operation in path.Operations!.Values)
                    {
                        operation.Tags = null;
                    }
                }

                document.Components ??= new();
                document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
                foreach (Type streamed in Streamed)
                {
                    document.Components.Schemas[streamed.Name] = await context.GetOrCreateSchemaAsync(
                        streamed,
                        parameterDescription: null,
                        cancel
                    );
                }

                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [ForPeople] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = ForPeople },
                    [ForPrograms] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = ForPrograms },
                };
            }
        );
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer((schema, context, _) => Describe(schema, context));
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancel
    )
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        ManagementEndpoint endpoint = metadata.OfType<ManagementEndpoint>().Single();
        ManagementDescription description = metadata.OfType<ManagementDescription>().Single();
        operation.Description = Who(endpoint.Role);
        operation.Parameters = [];
        if (endpoint.Path.Contains(ManagementRoutes.Name, StringComparison.Ordinal))
        {
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = "name",
                    In = ParameterLocation.Path,
                    Required = true,
                    Description = "A name, with the slashes that are in it.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }

        foreach (QueryParameter parameter in description.Query)
        {
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = Sentence(parameter.Meaning),
                    Schema = await context.GetOrCreateSchemaAsync(parameter.Type, null, cancel),
                }
            );
        }

        if (description.Body is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ManagementAnswer.ContentType] = new()
                    {
                        Schema = await context.GetOrCreateSchemaAsync(body, null, cancel),
                    },
                },
            };
        }

        operation.Responses!["default"] = new OpenApiResponse
        {
            Description = "What is wrong.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemDocument.ContentType] = new()
                {
                    Schema = new OpenApiSchemaReference(nameof(ProblemDocument), context.Document),
                },
            },
        };
        context.Document!.AddComponent(
            nameof(ProblemDocument),
            await context.GetOrCreateSchemaAsync(typeof(ProblemDocument), null, cancel)
        );
        operation.Security = endpoint.Role == ManagementRole.None ? [] : [Need(ForPeople), Need(ForPrograms)];

        OpenApiSecurityRequirement Need(string scheme) =>
            new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
    }

    // What converters write is not seen in a type.
    private static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        JsonSchemaType orNull = context.JsonTypeInfo.Type != type ? JsonSchemaType.Null : default;
        if (type == typeof(TimeSpan))
        {
            schema.Type = JsonSchemaType.Number | orNull;
            schema.Pattern = null;
            schema.Format = null;
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Format = "date-time";
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Enum =
            [
                .. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name)),
            ];
        }

        // The record's summary at its own schema, and that of a parameter at the property.
        string? meaning = context.JsonPropertyInfo is { } property
            ? Meanings.Value.GetValueOrDefault($"{property.DeclaringType.Name}.{property.Name}")
            : Meanings.Value.GetValueOrDefault(type.Name);
        schema.Description = meaning ?? schema.Description;
        return Task.CompletedTask;
    }

    private static string Who(ManagementRole role) =>
        role switch
        {
            ManagementRole.None => "For everybody who reaches the address.",
            ManagementRole.View => "For who may view.",
            ManagementRole.Operate => "For who may operate.",
            ManagementRole.Component => "For who may reset the component.",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
        };

    private static string Sentence(string text) => $"{char.ToUpper(text[0], CultureInfo.InvariantCulture)}{text[1..]}.";

    // The documentation comments of the records: summaries by type, parameters by type and the name in JSON.
    private static Dictionary<string, string> ReadMeanings()
    {
        Dictionary<string, string> meanings = new(StringComparer.Ordinal);
        foreach (Type documented in new[] { typeof(ManagementJson), typeof(Explanation) })
        {
            XDocument comments = XDocument.Load(Path.ChangeExtension(documented.Assembly.Location, "xml"));
            foreach (XElement member in comments.Descendants("member"))
            {
                string id = (string)member.Attribute("name")!;
                string type = id.Split('(')[0][2..].Split('.').ElementAtOrDefault(1) ?? "";
                if (id.StartsWith("T:", StringComparison.Ordinal) && member.Element("summary") is { } summary)
                {
                    meanings.TryAdd(type, Text(summary));
                }

                foreach (
                    XElement parameter in id.StartsWith("T:", StringComparison.Ordinal) ? member.Elements("param") : []
                )
                {
                    string name = JsonNamingPolicy.SnakeCaseLower.ConvertName((string)parameter.Attribute("name")!);
                    meanings.TryAdd($"{type}.{name}", Text(parameter));
                }
            }
        }

        return meanings;
    }

    private static string Text(XElement element) =>
        string.Join(
            ' ',
            string.Concat(
                    element
                        .Nodes()
                        .Select(node =>
                            node is XElement { HasElements: false, Value.Length: 0 } see
                                ? ((string?)see.Attribute("cref") ?? "").Split('.')[^1]
                            : node is XElement inner ? inner.Value
                            : $"{node}"
                        )
                )
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );

    private sealed class NoSource : IManagementSource
    {
        public StatusDocument Status() => throw new NotSupportedException();

        public ComponentDocument? Component(string name) => throw new NotSupportedException();

        public ProbesDocument? Probes(string name, int limit) => throw new NotSupportedException();

        public Task<LatencyDocument?> LatencyAsync(
            string name,
            RollUpPeriod by,
            TimeSpan within,
            int limit,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public PollersDocument? Pollers(string? component) => throw new NotSupportedException();

        public OverridesDocument Overrides() => throw new NotSupportedException();

        public ConfigurationDocument Configuration() => throw new NotSupportedException();

        public Task<HistoryDocument> HistoryAsync(
            string? component,
            TimeSpan? within,
            int limit,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public IEnumerable<ListenAddress> Served => [];

        public IReadOnlyList<IMetricSource> Metrics => [];

        public ModuleSet Modules => ModuleSet.None;

        public string Redact(string text) => text;
    }
}
