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
    }

    private static Task ExplainAsync(HttpContext http, string name, IManagementSource source) =>
        source.Component(name) is { } component
            ? ManagementAnswer.WriteAsync(http, component, ManagementJson.Default.ComponentDocument)
            : ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                $"no component is named {Printable.Quoted(name)}"
            );
}
