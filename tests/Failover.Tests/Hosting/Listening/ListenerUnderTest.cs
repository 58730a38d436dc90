using System.Net.Security;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Listeners on the loopback.</summary>
internal static class ListenerUnderTest
{
    public static readonly ListenAddress FreePort = new("127.0.0.1", 0);

    public static async Task<Listener> StartAsync(
        ListenAddress address,
        Func<HttpContext, Task> handler,
        ConnectionBudget? budget = null,
        TlsCertificate? certificate = null
    )
    {
        Listener listener = new(address, handler, budget ?? new ConnectionBudget(100), certificate);
        await listener.StartAsync(TestContext.Current.CancellationToken);
        return listener;
    }

    /// <summary>Answers every request with the same text.</summary>
    public static Func<HttpContext, Task> Says(string text) =>
        http =>
        {
            http.Response.ContentLength = text.Length;
            return http.Response.WriteAsync(text);
        };

    /// <summary>Asks over a connection that stays open.</summary>
    public static async Task<string> AskAsync(RawConnection connection)
    {
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return (await connection.ReadAnswerAsync()).Body;
    }

    public static Task<RawConnection> ConnectAsync(Listener listener) => RawConnection.OpenAsync(listener.Address.Port);

    public static Task<RawConnection> ConnectAsync(Listener listener, SslClientAuthenticationOptions client) =>
        RawConnection.OpenTlsAsync(listener.Address.Port, client);
}
