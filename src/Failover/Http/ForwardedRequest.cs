using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>What trusted proxies tell of a request in <c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and
/// <c>X-Forwarded-Host</c>.</summary>
/// <remarks>Each proxy appends whom it got the request from, so the list is read from its end, and what is before the first
/// address that is no trusted proxy was written by that client itself. Several lines of a header are one list, in their
/// order.</remarks>
internal static class ForwardedRequest
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>The source of a request that a trusted proxy sent.</summary>
    /// <param name="headers">The request's.</param>
    /// <param name="proxy">What is known without them.</param>
    /// <param name="proxies">The trusted ones.</param>
    /// <returns>The rightmost hop that is no trusted proxy; where all are, the leftmost; where a hop on the way is malformed or none is
    /// named, the proxy itself. Scheme and host are what the proxy of that hop was asked for, if it tells.</returns>
    public static RequestSource Apply(IHeaderDictionary headers, RequestSource proxy, TrustedProxySet proxies)
    {
        IPAddress? client = ClientOf(headers[ForwardedFor], proxies, out int hops);
        string? scheme = Value(headers["X-Forwarded-Proto"], hops);
        string? host = Value(headers["X-Forwarded-Host"], hops);
        RequestSource asked = proxy with
        {
            Scheme = IsScheme(scheme) ? scheme! : proxy.Scheme,
            Host = string.IsNullOrEmpty(host) ? proxy.Host : host,
        };
        return client is null ? asked : asked with { Address = client, Text = client.ToString() };
    }

    /// <summary>The client, as trusted proxies tell it: the rightmost hop that is no trusted proxy; where all are, the leftmost.</summary>
    /// <param name="forwardedFor">What they tell.</param>
    /// <param name="proxies">The trusted ones.</param>
    /// <param name="hops">How many of the hops count.</param>
    /// <returns>Null where a hop on the way is malformed, or none is named.</returns>
    public static IPAddress? ClientOf(StringValues forwardedFor, TrustedProxySet proxies, out int hops)
    {
        IPAddress? client = null;
        hops = 0;
        foreach (string hop in FromItsEnd(forwardedFor))
        {
            client = Address(hop);
            if (client is null)
            {
                hops = 0;
                break;
            }

            hops++;
            if (!proxies.Contains(client))
            {
                break;
            }
        }

        return client;
    }

    private static bool IsScheme(string? text) =>
        string.Equals(text, "https", StringComparison.OrdinalIgnoreCase)
        || string.Equals(text, "http", StringComparison.OrdinalIgnoreCase);

    // Proxies append to these as well, or set them once: then there are fewer than hops, and the first is the client's.
    private static string? Value(StringValues header, int hops) =>
        FromItsEnd(header).Take(Math.Max(hops, 1)).LastOrDefault();

    private static IEnumerable<string> FromItsEnd(StringValues header)
    {
        for (int line = header.Count - 1; line >= 0; line--)
        {
            string rest = header[line] ?? "";
            while (true)
            {
                int comma = rest.LastIndexOf(',');
                yield return rest[(comma + 1)..].Trim(' ', '\t');
                if (comma < 0)
                {
                    break;
                }

                rest = rest[..comma];
            }
        }
    }

    // 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1], [2001:db8::1]:4711; else null.
    private static IPAddress? Address(string hop)
    {
        int end = hop.LastIndexOf(']');
        int colon = hop.LastIndexOf(':');
        bool hasPort = end >= 0 ? colon == end + 1 : colon >= 0 && hop.IndexOf(':') == colon;
        if (hasPort)
        {
            if (!ushort.TryParse(hop.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out _))
            {
                return null;
            }

            hop = hop[..colon];
        }

        return hop is ['[', .. var inner, ']'] ? (inner.Contains(':') ? NetworkText.Address(inner) : null)
            : end < 0 ? NetworkText.Address(hop)
            : null;
    }
}
