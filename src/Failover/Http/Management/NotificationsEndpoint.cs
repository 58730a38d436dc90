using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers how notifications are delivered, and has those that were given up sent again.</summary>
internal sealed class NotificationsEndpoint(HealthService service, IManagementSource source)
{
    /// <summary>The path that the routes are below, without a leading slash.</summary>
    public const string Root = "notifications/";

    /// <summary>What the path of one that is to be sent again ends with.</summary>
    public const string Resend = "/resend";

    // Beside the components: no name of theirs begins like this.
    private const string Subject = "-/notifications/";

    /// <summary>Answers with all routes.</summary>
    public Task AllAsync(HttpContext http) => WriteAsync(http, route: null);

    /// <summary>Answers with one.</summary>
    public Task OneAsync(HttpContext http, string name) =>
        Knows(name)
            ? WriteAsync(http, name)
            : ProblemDocument.WriteAsync(http, StatusCodes.Status404NotFound, Unknown(name));

    /// <summary>What a POST would do; null where there is no such route.</summary>
    public ManagementChange? ToResend(HttpContext http, string name) =>
        Knows(name) ? new(Subject + name, (_, _) => new(SendAgain(name))) : null;

    private PostResult SendAgain(string name) =>
        service.Resend(name) switch
        {
            null => new(Answer.NotFound),
            0 => new(Answer.NothingToResend),
            { } resent => new(Answer.SentAgain)
            {
                Document = JsonSerializer.SerializeToUtf8Bytes(
                    new(Answer.SentAgain.Text, resent),
                    ManagementJson.Default.ResendDocument
                ),
            },
        };

    private bool Knows(string name) => service.Routes.Any(one => one.Route.Name == name);

    private string Unknown(string name)
    {
        string known = string.Join(", ", service.Routes.Select(one => one.Route.Name));
        return $"no route is named {Printable.Quoted(name)}; accepted: {(known.Length > 0 ? known : "none, for the configuration has no notifications")}";
    }

    private Task WriteAsync(HttpContext http, string? route) =>
        ManagementAnswer.WriteAsync(
            http,
            NotificationsDocument.Of(service, route, source.Redact),
            ManagementJson.Default.NotificationsDocument
        );
}
