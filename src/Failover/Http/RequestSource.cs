using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Where a request came from, and as what: as its connection tells, or, through trusted proxies, as they tell.</summary>
/// <param name="Address">The client's address; null where it has none.</param>
/// <param name="Text">The same for people; of a client on a Unix socket, that it is one.</param>
/// <param name="Scheme">What the client speaks: <c>http</c> or <c>https</c>.</param>
/// <param name="Host">The host that the client asked for; null where it named none.</param>
internal readonly record struct RequestSource(IPAddress? Address, string Text, string Scheme, string? Host)
{
    /// <summary>Finds the source.</summary>
    /// <param name="http">The request.</param>
    /// <param name="proxies">Whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> count; anybody else's mean
    /// nothing.</param>
    public static RequestSource Of(HttpContext http, TrustedProxySet proxies)
    {
        IPAddress? peer = http.Connection.RemoteIpAddress;
        string text = peer?.ToString() ?? (IsUnix(http) ? "a Unix socket" : "an unknown address");
        RequestSource direct = new(peer, text, http.Request.Scheme, http.Request.Headers.Host);
        return IsTrusted(http, proxies) ? ForwardedRequest.Apply(http.Request.Headers, direct, proxies) : direct;
    }

    /// <summary>The client's address alone; null where it has none.</summary>
    /// <inheritdoc cref="Of"/>
    public static IPAddress? AddressOf(HttpContext http, TrustedProxySet proxies) =>
        IsTrusted(http, proxies) ? Of(http, proxies).Address : http.Connection.RemoteIpAddress;

    /// <summary>Whether it is a trusted proxy that connects.</summary>
    public static bool IsTrusted(HttpContext http, TrustedProxySet proxies) =>
        http.Connection.RemoteIpAddress is { } peer ? proxies.Contains(peer) : IsUnix(http) && proxies.IncludesUnix;

    private static bool IsUnix(HttpContext http) =>
        http.Connection.RemoteIpAddress is null
        && http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
