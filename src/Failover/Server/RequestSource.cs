using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Where a request came from, for people.</summary>
internal static class RequestSource
{
    /// <summary>The client's address; of a client on a Unix socket, which has none, that it is one.</summary>
    public static string Of(HttpContext http) =>
        http.Connection.RemoteIpAddress?.ToString()
        ?? (
            http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix
                ? "a Unix socket"
                : "an unknown address"
        );
}
