using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Failover;

/// <summary>Answers requests of the management listener: routing, and before each endpoint who may use it.</summary>
/// <remarks>
/// A page in an operator's browser may connect by a name of its own that leads here (DNS rebinding): such a name is in the Host header, and
/// is refused. The routes are made with the first request: who asks for nothing pays nothing.
/// </remarks>
/// <param name="service">The components.</param>
/// <param name="map">Maps the endpoints.</param>
internal sealed class ManagementApplication(HealthService service, Action<ManagementRoutes> map) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private ServiceProvider? services;
    private RequestDelegate? pipeline;
    private IReadOnlyList<Endpoint> documented = [];
    private ManagementEndpoint[] all = [];

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
        return Pipeline()(http);
    }

    /// <summary>The endpoints with all that is known of them.</summary>
    public IReadOnlyList<Endpoint> Endpoints()
    {
        Pipeline();
        return documented;
    }

    public ValueTask DisposeAsync() => services?.DisposeAsync() ?? ValueTask.CompletedTask;

    private RequestDelegate Pipeline()
    {
        lock (gate)
        {
            return pipeline ??= Build();
        }
    }

    private RequestDelegate Build()
    {
        // What routing takes of a host, without the host: the listener is one already.
        services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton(new DiagnosticListener(nameof(Failover)))
            .AddRoutingCore()
            .BuildServiceProvider();
        ApplicationBuilder application = new(services);
        application.UseRouting();
        application.Use(next => http => JudgeAsync(http, next));
        application.UseEndpoints(endpoints =>
        {
            map(new(endpoints, service));
            documented = [.. endpoints.DataSources.SelectMany(source => source.Endpoints)];
            all = [.. documented.Select(endpoint => endpoint.Metadata.GetRequiredMetadata<ManagementEndpoint>())];
        });
        return application.Build();
    }

    // What says no role is what routing answers by itself: 405.
    private Task JudgeAsync(HttpContext http, RequestDelegate next)
    {
        string path = http.Request.Path.Value ?? "";
        ManagementEndpoint? endpoint = http.GetEndpoint()?.Metadata.GetMetadata<ManagementEndpoint>();
        ManagementEndpoint[] there = [.. all.Where(one => ManagementPath.IsOf(path, one.Path))];
        if (there.Length == 0)
        {
            string accepted = string.Join(", ", all.Select(one => Shown(one.Path)).Distinct());
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                $"unknown path; accepted: {accepted}"
            );
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        if (
            endpoint is null
            || !there.Contains(endpoint)
            || !endpoint.Methods.Contains(http.Request.Method, StringComparer.Ordinal)
        )
        {
            string allowed = string.Join(", ", there.SelectMany(one => one.Methods).Distinct());
            http.Response.Headers.Allow = allowed;
            return ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status405MethodNotAllowed,
                $"the method is {Printable.Quoted(http.Request.Method)}; accepted: {allowed}"
            );
        }

        // One that changes something is judged once its body is there.
        return endpoint.IsRead && endpoint.Role != ManagementRole.None
            ? ManagementLogin.LetPassAsync(http, service, endpoint.Role, next)
            : next(http);
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
