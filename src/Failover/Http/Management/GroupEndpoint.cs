using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers for the components below a path: as a document, and as one state like a component.</summary>
internal sealed class GroupEndpoint(HealthService service)
{
    public static ManagementDescription DocumentDescription { get; } =
        new("The components below a path, and the worst of their states.", typeof(GroupDocument));

    public static ManagementDescription StateDescription { get; } =
        new(
            "The worst state of the components below a path, as a component's: OK, FAIL or ERROR with 200, 503 or 500; as JSON to an Accept that "
                + "names it.",
            typeof(string)
        )
        {
            ContentType = Answer.ContentType,
        };

    /// <summary>Answers with the document.</summary>
    public Task DocumentAsync(HttpContext http, string prefix) =>
        GroupDocument.Of(prefix, service.Components) is { } group
            ? ManagementAnswer.WriteAsync(http, group, ManagementJson.Default.GroupDocument)
            : WriteUnknownAsync(http, prefix);

    /// <summary>Answers with the state.</summary>
    public Task StateAsync(HttpContext http, string prefix) =>
        GroupDocument.Of(prefix, service.Components) is { } group
            ? StateAnswer.WriteAsync(
                http,
                group.State,
                group.Components.Any(one => one.HasWarning),
                // Since when all of it is as it is.
                group.Components.Max(one => one.Since)
            )
            : WriteUnknownAsync(http, prefix);

    private static Task WriteUnknownAsync(HttpContext http, string prefix) =>
        ProblemDocument.WriteAsync(
            http,
            StatusCodes.Status404NotFound,
            $"no component is below {Printable.Quoted(prefix)}; accepted: the beginning of a component's path, up to one of its slashes"
        );
}
