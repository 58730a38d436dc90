using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Failover;

/// <summary>Whether a request wants JSON where the usual answer is plain text (RFC 9110, 12.5.1).</summary>
/// <remarks>Only a type that is named counts: pollers and browsers that take anything get plain text.</remarks>
internal static class AcceptedJson
{
    /// <summary>A state as a health check (draft-inadarei-api-health-check).</summary>
    private const string Health = "application/health+json";

    /// <summary>Most clients name a few types; of one that names more, the first count.</summary>
    private const int MostTypes = 16;

    /// <summary>Finds the type to answer with.</summary>
    /// <param name="http">The request.</param>
    /// <returns>One of those that are JSON; null: plain text.</returns>
    public static string? TypeIn(HttpContext http)
    {
        StringValues accept = http.Request.Headers.Accept;
        if (
            !accept.Any(line => line?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
            || !MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? types)
        )
        {
            return null;
        }

        string? json = null;
        double best = 0;
        foreach (MediaTypeHeaderValue type in types.Take(MostTypes))
        {
            string? named =
                Is(type, ManagementAnswer.ContentType) ? ManagementAnswer.ContentType
                : Is(type, Health) ? Health
                : null;
            double quality = type.Quality ?? 1;
            if (named is not null && quality > best)
            {
                (json, best) = (named, quality);
            }
        }

        return best >= QualityOfText(types) ? json : null;
    }

    // By the range that names it most exactly.
    private static double QualityOfText(IList<MediaTypeHeaderValue> types) =>
        types
            .Take(MostTypes)
            .Where(type => Is(type, "text/plain") || Is(type, "text/*") || Is(type, "*/*"))
            .OrderBy(type =>
                type.MatchesAllTypes ? 2
                : type.MatchesAllSubTypes ? 1
                : 0
            )
            .Select(type => type.Quality ?? 1)
            .FirstOrDefault();

    private static bool Is(MediaTypeHeaderValue type, string name) =>
        type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);
}
