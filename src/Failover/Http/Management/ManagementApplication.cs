using System.Net;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers requests of the management listener: which endpoint it is, and whether it may be used.</summary>
/// <remarks>A page in an operator's browser may connect by a name of its own that leads here (DNS rebinding): such a name is in the Host
/// header, and is refused.</remarks>
/// <param name="service">The components.</param>
/// <param name="map">Maps the endpoints, with the first request.</param>
internal sealed class ManagementApplication(HealthService service, Action<ManagementRoutes> map)
{
    private readonly Lazy<IReadOnlyList<ManagementEndpoint>> endpoints = new(() =>
    {
        ManagementRoutes routes = new(service);
        map(routes);
        return routes.Endpoints;
    });

    /// <summary>Serves all that there is.</summary>
    /// <param name="service">The components.</param>
    /// <param name="source">What is reported.</param>
    public ManagementApplication(HealthService service, IManagementSource source)
        : this(service, routes => ManagementEndpoints.Map(routes, service, source)) { }

    /// <summary>Answers one.</summary>
    /// <param name="http">The request.</param>
    /// <param name="call">Where it came in, and who may use that.</param>
    public Task HandleAsync(HttpContext http, ManagementCall call)
    {
        // What is no path is answered as one that nothing is at. By the constructor: a conversion would decode it again.
        http.Request.Path = new PathString(ManagementPath.Of(http) ?? "/");
        string host = http.Request.Host.Host;
        if (!IsHostOurs(host, call))
        {
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status403Forbidden,
                $"the host is {Printable.Quoted(host)}; accepted: {AcceptedHosts(call)}"
            );
        }

        http.Features.Set(call);
        string path = http.Request.Path.Value!;
        ManagementEndpoint[] there = [.. endpoints.Value.Where(one => ManagementPath.IsOf(path, one.Path))];
        if (there.Length == 0)
        {
            string accepted = string.Join(
                ", ",
                endpoints.Value.Select(one => Shown(one.Path)).Distinct(StringComparer.Ordinal)
            );
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                $"unknown path; accepted: {accepted}"
            );
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        string method = http.Request.Method;
        if (there.FirstOrDefault(one => one.Methods.Contains(method, StringComparer.Ordinal)) is not { } endpoint)
        {
            string allowed = string.Join(", ", there.SelectMany(one => one.Methods).Distinct(StringComparer.Ordinal));
            http.Response.Headers.Allow = allowed;
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status405MethodNotAllowed,
                $"the method is {Printable.Quoted(method)}; accepted: {allowed}"
            );
        }

        // One that changes something is judged once its body is there.
        return endpoint.IsRead && endpoint.Role != ManagementRole.None
            ? ManagementLogin.LetPassAsync(http, service, endpoint.Role, endpoint.Handle)
            : endpoint.Handle(http);
    }

    private static string Shown(string path) => path.Replace(ManagementRoutes.Name, "NAME", StringComparison.Ordinal);

    // A Unix socket is reached by its path: no name leads there.
    private static bool IsHostOurs(string host, ManagementCall call) =>
        call.Address.SocketPath is not null
        || IPAddress.TryParse(host, out _)
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (
            host.Length > 0
            && (
                string.Equals(host, call.Address.Host, StringComparison.OrdinalIgnoreCase)
                || call.Access.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            )
        );

    private static string AcceptedHosts(ManagementCall call) =>
        call.Access.Hosts.IsEmpty
            ? "an IP address, localhost or the name that is listened on"
            : "an IP address, localhost, the name that is listened on, or one of access.hosts";
}
