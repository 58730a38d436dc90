using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
            .Describe(new("How the daemon and all its components are.", typeof(StatusDocument)));
        routes
            .MapRead(
                $"{Api}components/{ManagementRoutes.Name}",
                ManagementRole.View,
                (http, name) => ExplainAsync(http, name, source)
            )
            .Describe(
                new(
                    "One component explained: what it serves, on what evidence, and what would change it.",
                    typeof(ComponentDocument)
                )
            );
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
            .Describe(new("What is configured and served.", typeof(ConfigurationDocument)));
        HistoryEndpoint history = new(source);
        routes
            .MapRead($"{Api}history", ManagementRole.View, history.HistoryAsync)
            .Describe(HistoryEndpoint.HistoryDescription);
        routes
            .MapRead($"{Api}probes/{ManagementRoutes.Name}", ManagementRole.View, history.ProbesAsync)
            .Describe(HistoryEndpoint.ProbesDescription);
        routes
            .MapRead($"{Api}latency/{ManagementRoutes.Name}", ManagementRole.View, history.LatencyAsync)
            .Describe(HistoryEndpoint.LatencyDescription);
        SessionEndpoint sessions = new(service);
        routes.MapPost($"{Api}session", sessions.Find, role: ManagementRole.View).Describe(SessionEndpoint.Description);
        routes
            .MapChange(HttpMethods.Delete, $"{Api}session", ManagementRole.View, sessions.ToClose)
            .Describe(new("Ends the session of the token that asks for it.", typeof(OutcomeDocument)));
        routes
            .MapRead($"{Api}events", ManagementRole.View, new EventsEndpoint(service, source.Redact).HandleAsync)
            .Describe(EventsEndpoint.Description);
        routes
            .MapRead($"{Api}openapi.json", ManagementRole.None, OpenApiEndpoint.HandleAsync)
            .Describe(new("This document.", typeof(object)));
        MapStates(routes, service);
        MapPollers(routes, source);
        MapNotifications(routes, new(service, source));
        MapOperations(routes, service, source);
        ProbeEndpoint probe = new(service, source);
        foreach (string path in ProbeEndpoint.Paths)
        {
            routes.MapRead(path, ManagementRole.View, probe.HandleAsync).Describe(ProbeEndpoint.Description);
        }

        routes
            .MapRead(
                MetricsEndpoint.Path,
                ManagementRole.View,
                new MetricsEndpoint(MetricSources.Of(service, source)).HandleAsync
            )
            .Describe(MetricsEndpoint.Description);
        routes
            .MapRead(DiscoveryEndpoint.Path, ManagementRole.View, new DiscoveryEndpoint(service, source).HandleAsync)
            .Describe(DiscoveryEndpoint.Description);
        routes
            .MapRead(PageEndpoint.Path, ManagementRole.None, PageEndpoint.HandleAsync)
            .Describe(PageEndpoint.Description);
        routes
            .MapRead($"{PageEndpoint.Parts}{ManagementRoutes.Name}", ManagementRole.None, PageEndpoint.HandleFileAsync)
            .Describe(PageEndpoint.FileDescription);
    }

    // As where components are served, and groups of them.
    private static void MapStates(ManagementRoutes routes, HealthService service)
    {
        GroupEndpoint groups = new(service);
        ProcessEndpoint process = new(service);
        WaitEndpoint waits = new(service);
        routes
            .MapRead($"{Api}groups/{ManagementRoutes.Name}", ManagementRole.View, groups.DocumentAsync)
            .Describe(GroupEndpoint.DocumentDescription);
        routes
            .MapRead($"/-/groups/{ManagementRoutes.Name}", ManagementRole.View, groups.StateAsync)
            .Describe(GroupEndpoint.StateDescription);
        routes
            .MapRead($"/{ProcessEndpoint.Healthy}", ManagementRole.None, process.HealthyAsync)
            .Describe(ProcessEndpoint.HealthyDescription);
        routes
            .MapRead($"/{ProcessEndpoint.Ready}", ManagementRole.None, process.ReadyAsync)
            .Describe(ProcessEndpoint.ReadyDescription);
        routes
            .MapRead(
                $"/{WaitEndpoint.Root}{ManagementRoutes.Name}",
                ManagementRole.View,
                (http, name) =>
                    waits.HandleAsync(http, name, http.Features.GetRequiredFeature<ManagementCall>().MostStreams)
            )
            .Describe(WaitEndpoint.Description);
    }

    private static void MapPollers(ManagementRoutes routes, IManagementSource source)
    {
        routes
            .MapRead($"{Api}pollers", ManagementRole.View, http => PollersAsync(http, name: null, source))
            .Describe(new("Who polls, and what was refused where components are served.", typeof(PollersDocument)));
        routes
            .MapRead(
                $"{Api}pollers/{ManagementRoutes.Name}",
                ManagementRole.View,
                (http, name) => PollersAsync(http, name, source)
            )
            .Describe(new("The same of one component.", typeof(PollersDocument)));
    }

    private static Task PollersAsync(HttpContext http, string? name, IManagementSource source) =>
        source.Pollers(name) is { } pollers
            ? ManagementAnswer.WriteAsync(http, pollers, ManagementJson.Default.PollersDocument)
            : ProblemDocument.WriteUnknownAsync(http, name!);

    private static void MapNotifications(ManagementRoutes routes, NotificationsEndpoint notifications)
    {
        routes
            .MapRead($"{Api}notifications", ManagementRole.View, notifications.AllAsync)
            .Describe(
                new(
                    "How notifications are delivered, what is wrong now, and what was given up.",
                    typeof(NotificationsDocument)
                )
            );
        routes
            .MapRead(
                $"{Api}{NotificationsEndpoint.Root}{ManagementRoutes.Name}",
                ManagementRole.View,
                notifications.OneAsync
            )
            .Describe(new("The same of one route.", typeof(NotificationsDocument)));
        routes
            .MapChange(
                HttpMethods.Post,
                $"{Api}{NotificationsEndpoint.Root}{ManagementRoutes.Name}{NotificationsEndpoint.Resend}",
                ManagementRole.Operate,
                notifications.ToResend
            )
            .Describe(new("Sends again what a route has given up.", typeof(ResendDocument)));
    }

    private static void MapOperations(ManagementRoutes routes, HealthService service, IManagementSource source)
    {
        PostEndpoint posts = new(service);
        OverrideEndpoint overrides = new(service, source);
        routes
            .MapPost($"{Api}fire/{ManagementRoutes.Name}", posts.Find, isFenced: true)
            .Describe(
                new("Resets a latched component, as a POST to it does, by a user of its own.", typeof(OutcomeDocument))
            );
        routes
            .MapPost($"{Api}guards/{ManagementRoutes.Name}", new GuardEndpoint(service).Find)
            .Describe(new("Ends the delay of a guard, by a user of its own.", typeof(OutcomeDocument)));
        routes
            .MapRead(
                $"{Api}overrides",
                ManagementRole.View,
                http => ManagementAnswer.WriteAsync(http, source.Overrides(), ManagementJson.Default.OverridesDocument)
            )
            .Describe(new("The overrides that are in force.", typeof(OverridesDocument)));
        routes
            .MapChange(
                HttpMethods.Put,
                $"{Api}overrides/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToSet,
                isFenced: true
            )
            .Describe(OverrideEndpoint.SetDescription);
        routes
            .MapChange(
                HttpMethods.Delete,
                $"{Api}overrides/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToClear,
                isFenced: true
            )
            .Describe(new("Ends an override.", typeof(OutcomeDocument)));
        routes
            .MapChange(
                HttpMethods.Delete,
                $"{Api}latches/{ManagementRoutes.Name}",
                ManagementRole.Operate,
                overrides.ToForget,
                isFenced: true
            )
            .Describe(new("Ends latches that no reset can end any longer.", typeof(OutcomeDocument)));
    }

    private static Task ExplainAsync(HttpContext http, string name, IManagementSource source)
    {
        if (source.Component(name) is not { } component)
        {
            return ProblemDocument.WriteUnknownAsync(http, name);
        }

        http.Response.Headers.ETag = EntityTag.Of(component.Etag);
        return ManagementAnswer.WriteAsync(http, component, ManagementJson.Default.ComponentDocument);
    }
}
