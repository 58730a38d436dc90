using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers what Prometheus may probe: <c>/-/sd</c>, as its HTTP service discovery reads it.</summary>
/// <remarks>A target is the URL at which a component is polled, which is what an exporter of probes takes. The host is the one that is listened
/// on or, where that is all of them, the one by which the client has reached the management address.</remarks>
/// <param name="service">Has the components.</param>
/// <param name="source">Knows where they are served.</param>
internal sealed class DiscoveryEndpoint(HealthService service, IManagementSource source)
{
    public const string Path = "/-/sd";

    public static ManagementDescription Description { get; } =
        new(
            "The components as targets of Prometheus' HTTP service discovery: the URL at which each is polled.",
            typeof(DiscoveredTarget[])
        );

    /// <summary>Answers.</summary>
    public Task HandleAsync(HttpContext http)
    {
        ListenAddress? address = source.Served.FirstOrDefault(one => one.SocketPath is null);
        DiscoveredTarget[] targets = address is null
            ? []
            : [.. service.Components.Select(component => Target(component, address, HostOf(address, http)))];
        return ManagementAnswer.WriteAsync(http, targets, ManagementJson.Default.DiscoveredTargetArray);
    }

    private static DiscoveredTarget Target(Component component, ListenAddress address, string host)
    {
        string scheme = address.IsTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        string server = new HostString(host, address.Port).ToUriComponent();
        string path = $"/{string.Join('/', component.Name.Split('/').Select(Uri.EscapeDataString))}";
        return new(
            [$"{scheme}://{server}{path}"],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["__meta_failover_component"] = component.Name,
                ["__meta_failover_scheme"] = scheme,
                ["__meta_failover_address"] = server,
                ["__meta_failover_path"] = path,
            }
        );
    }

    private static string HostOf(ListenAddress address, HttpContext http) =>
        address.Host is { } one and not ("0.0.0.0" or "::") ? one : http.Request.Host.Host.Trim('[', ']');
}

/// <summary>One component in <c>/-/sd</c>.</summary>
/// <param name="Targets">The URL at which it is polled, alone.</param>
/// <param name="Labels">Its name, and the parts of that URL, for relabelling.</param>
internal sealed record DiscoveredTarget(string[] Targets, IReadOnlyDictionary<string, string> Labels);
