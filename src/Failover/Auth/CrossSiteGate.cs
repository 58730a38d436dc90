using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>Whether a POST may have been sent by another site's page in an operator's browser.</summary>
internal enum CrossSiteDecision
{
    /// <summary>It comes from our own pages, or from no browser.</summary>
    Pass,

    /// <summary>It comes, or may come, from another site: 403.</summary>
    CrossSite,
}

/// <summary>Stops POSTs that a browser sends for another site, before their credentials are read: a browser that
/// knows an operator's password adds it to those, too.</summary>
/// <remarks>
/// In this order:
/// <list type="number">
/// <item><c>Sec-Fetch-Site</c>, which every browser sends since 2023 and no page can set: only one single
/// <c>same-origin</c> passes; <c>none</c> (a person's own navigation) never POSTs anything here.</item>
/// <item><c>Origin</c>, which older browsers send with a POST: must be our own; <c>null</c> (a sandboxed page) is not.</item>
/// <item>Neither: no browser of this century's third decade. A cookie shows that it is one after all, and we set
/// none. Without a cookie it passes, credentials or not: whoever sends none gets the 401 that asks for them, and is let in by
/// nothing but an <c>Authorization</c> header.</item>
/// </list>
/// Behind a proxy that ends TLS and is not trusted to say so, our own scheme as seen here is not the browser's: browsers that send
/// <c>Sec-Fetch-Site</c> pass nevertheless, older ones are refused.
/// </remarks>
internal static class CrossSiteGate
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
    );

    private static readonly SearchValues<char> Ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Decides by the request's headers alone.</summary>
    /// <param name="secFetchSite">Empty where the header is missing.</param>
    /// <param name="origin">Empty where the header is missing.</param>
    /// <param name="scheme">Ours: <c>http</c> or <c>https</c>.</param>
    /// <param name="host">The <c>Host</c> header; null where there is none.</param>
    /// <param name="hasCookie">Whether there is a <c>Cookie</c> header.</param>
    public static CrossSiteDecision Decide(
        StringValues secFetchSite,
        StringValues origin,
        string scheme,
        string? host,
        bool hasCookie
    )
    {
        bool isOurs =
            secFetchSite.Count > 0
                ? secFetchSite.Count == 1 && string.Equals(secFetchSite[0], "same-origin", StringComparison.Ordinal)
            : origin.Count > 0 ? origin.Count == 1 && IsSameOrigin(origin[0], scheme, host)
            : !hasCookie;
        return isOurs ? CrossSiteDecision.Pass : CrossSiteDecision.CrossSite;
    }

    private static bool IsSameOrigin(string? origin, string scheme, string? host)
    {
        string start = $"{scheme}://";
        return origin is not null
            && host is not null
            && origin.StartsWith(start, StringComparison.OrdinalIgnoreCase)
            && Authority(origin[start.Length..], scheme) is { } theirs
            && Authority(host, scheme) is { } ours
            && theirs.Port == ours.Port
            && string.Equals(theirs.Host, ours.Host, StringComparison.OrdinalIgnoreCase);
    }

    // Host and port, the scheme's own port where none is named; null where it is no host[:port].
    private static (string Host, int Port)? Authority(string text, string scheme)
    {
        int? port = scheme.ToUpperInvariant() switch
        {
            "HTTP" => 80,
            "HTTPS" => 443,
            _ => null,
        };
        int colon = text.LastIndexOf(':');
        string host = text;
        // A colon before the bracket's end belongs to an IPv6 address.
        if (colon > text.LastIndexOf(']'))
        {
            host = text[..colon];
            string digits = text[(colon + 1)..];
            port =
                digits.Length == 0 ? port
                : ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort named) ? named
                : null;
        }

        bool isHost = host is ['[', _, .., ']']
            ? !host.AsSpan(1, host.Length - 2).ContainsAnyExcept(Ipv6Characters)
            : host.Length > 0 && !host.AsSpan().ContainsAnyExcept(NameCharacters);
        return isHost && port is { } known ? (host, known) : null;
    }
}
