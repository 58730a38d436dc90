using System.Net;
using Microsoft.AspNetCore.Http;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>Where a request came from, as the audit says it.</summary>
public sealed class RequestSourceTests
{
    [Fact]
    public async Task A_client_on_the_network_is_its_address()
    {
        await using Listener listener = await StartAsync(FreePort, AnswerSourceAsync);
        using RawConnection client = await ConnectAsync(listener);

        (await AskAsync(client)).ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A_client_on_a_Unix_socket_says_so()
    {
        using SocketDirectory directory = new();
        await using Listener listener = await StartAsync(new(null, 0, directory.SocketPath), AnswerSourceAsync);
        using RawConnection client = await RawConnection.OpenAsync(directory.EndPoint);

        (await AskAsync(client)).ShouldBe("a Unix socket");
    }

    [Fact]
    public void Without_either_nobody_knows()
    {
        DefaultHttpContext http = new();
        RequestSource.Of(http).ShouldBe("an unknown address");
        http.Connection.RemoteIpAddress = IPAddress.IPv6Loopback;
        RequestSource.Of(http).ShouldBe("::1");
    }

    private static Task AnswerSourceAsync(HttpContext http) => Says(RequestSource.Of(http))(http);
}
