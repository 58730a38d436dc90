using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Failover;

/// <summary>The version of a component in HTTP: the epoch in quotes (RFC 9110, 8.8.3).</summary>
internal static class EntityTag
{
    /// <summary>As in <c>ETag</c>.</summary>
    public static string Of(string epoch) => $"\"{epoch}\"";

    /// <summary>The epoch that a request is meant for, by its <c>If-Match</c>; null: whatever it is.</summary>
    /// <param name="http">The request.</param>
    /// <param name="current">The epoch at present. Of several tags it is the one that counts, where it is among them.</param>
    public static string? ExpectedIn(HttpContext http, Func<string> current)
    {
        if (http.Request.Headers.IfMatch.Count == 0)
        {
            return null;
        }

        // What is no list of tags names no version that there was.
        if (!EntityTagHeaderValue.TryParseList(http.Request.Headers.IfMatch, out IList<EntityTagHeaderValue>? tags))
        {
            return "";
        }

        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)))
        {
            return null;
        }

        string now = Of(current());
        string? tag = tags.Where(one => !one.IsWeak).Select(one => one.Tag.Value).FirstOrDefault(one => one == now);
        return tag?.Trim('"') ?? "";
    }
}
