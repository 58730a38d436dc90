using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>All that the management listener serves: a line for each endpoint.</summary>
internal static class ManagementEndpoints
{
    private const string Api = ManagementRoutes.Api;

    /// <summary>Maps them.</summary>
    public static void Map(ManagementRoutes routes, HealthService service, IManagementSource source)
    {
        routes
            .MapRead(
                $"{Api}status",
                ManagementRole.View,
                http => ManagementAnswer.WriteAsync(http, source.Status(), ManagementJson.Default.StatusDocument)
            )
            .WithSummary("How the daemon and all its components are.");
        routes
            .MapRead(
                $"{Api}components/{ManagementRoutes.Name}",
                ManagementRole.View,
                (http, name) => ExplainAsync(http, name, source)
            )
            .WithSummary("One component explained.");
        routes
            .MapRead(
                $"{Api}configuration",
                ManagementRole.View,
                http =>
                    ManagementAnswer.WriteAsync(
                        http,
                        source.Configuration(),
                        ManagementJson.Default.ConfigurationDocument
                    )
            )
            .WithSummary("What is configured and served.");
        routes
            .MapRead($"{Api}history", ManagementRole.View, http => HistoryEndpoint.HandleAsync(http, source))
            .WithSummary("What has happened, the newest first.");
        MapOperations(routes, service, source);
    }

    private static void MapOperations(ManagementRoutes routes, HealthService service, IManagementSource source)
    {
        PostEndpoint posts = new(service);
        OverrideEndpoint overrides = new(service, source);
        routes
            .MapPost($"{Api}fire/{ManagementRoutes.Name}", posts.Find, isFenced: true)
            .WithSummary("Reset a latched component, as a POST to it does, by a user of its own.");
        routes
            .MapRead(
                $"{Api}overrides",
                ManagementRole.View,
                http => ManagementAnswer.WriteAsync(http, source.Overrides(), ManagementJson.Default.OverridesDocument)
            )
            .WithSummary("The overrides that are in force.");
        routes
            .MapChange(
                HttpMethods.Put,
                $"{Api}overrides/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToSet,
                isFenced: true
            )
            .WithSummary("Have a component serve ok, fail or the state that it has, for a limited time.");
        routes
            .MapChange(
                HttpMethods.Delete,
                $"{Api}overrides/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToClear,
                isFenced: true
            )
            .WithSummary("End an override.");
        routes
            .MapChange(
                HttpMethods.Delete,
                $"{Api}latches/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToForget,
                isFenced: true
            )
            .WithSummary("End latches that no reset can end any longer.");
    }

    private static Task ExplainAsync(HttpContext http, string name, IManagementSource source)
    {
        if (source.Component(name) is not { } component)
        {
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                $"no component is named {Printable.Quoted(name)}"
            );
        }

        http.Response.Headers.ETag = EntityTag.Of(component.Etag);
        return ManagementAnswer.WriteAsync(http, component, ManagementJson.Default.ComponentDocument);
    }
}
