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
    public static bool IsOf(string path, string pattern)
    {
        (string before, string? after) = Around(pattern);
        return after is null
            ? path == before
            : path.Length >= before.Length + after.Length
                && path.StartsWith(before, StringComparison.Ordinal)
                && path.EndsWith(after, StringComparison.Ordinal);
    }

    /// <summary>The name in the path; empty where the pattern has none.</summary>
    public static string NameIn(HttpContext http, string pattern)
    {
        (string before, string? after) = Around(pattern);
        return after is null ? "" : http.Request.Path.Value![before.Length..^after.Length];
    }

    // What stands around the name; nothing behind it where there is none.
    private static (string Before, string? After) Around(string pattern) =>
        pattern.IndexOf(ManagementRoutes.Name, StringComparison.Ordinal) is >= 0 and var at
            ? (pattern[..at], pattern[(at + ManagementRoutes.Name.Length)..])
            : (pattern, null);
}
