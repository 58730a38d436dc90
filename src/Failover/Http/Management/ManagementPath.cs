using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>The path of a request to the management listener: decoded once from the bytes that the client sent, and compared
/// ordinally.</summary>
/// <remarks>A server removes dot segments before, and routing would compare without case; neither may make an alias of a component.</remarks>
internal static class ManagementPath
{
    /// <summary>Decodes it; null where it is none.</summary>
    public static string? Of(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return RequestTarget.Decode(RequestTarget.Path(target)) is { } path && path.StartsWith('/') ? path : null;
    }

    /// <summary>Whether a path is the one of an endpoint, to the letter.</summary>
    public static bool IsOf(string path, string pattern) =>
        pattern.EndsWith(ManagementRoutes.Name, StringComparison.Ordinal)
            ? path.StartsWith(pattern[..^ManagementRoutes.Name.Length], StringComparison.Ordinal)
            : path == pattern;

    /// <summary>The name at the end of the path; empty where the pattern has none.</summary>
    public static string NameIn(HttpContext http, string pattern) =>
        pattern.EndsWith(ManagementRoutes.Name, StringComparison.Ordinal)
            ? http.Request.Path.Value![(pattern.Length - ManagementRoutes.Name.Length)..]
            : "";
}
