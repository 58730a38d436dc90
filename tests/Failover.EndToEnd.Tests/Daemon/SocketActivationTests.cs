using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>systemd listens, and the daemon serves on the socket that it passes.</summary>
public sealed class SocketActivationTests
{
    [Theory]
    [InlineData("127.0.0.1:{0}", "127.0.0.1:{0}")]
    [InlineData("[::]:{0}", "{0}")]
    public async Task A_socket_of_systemd_s_is_served(string systemd, string listen)
    {
        int port = FreePort();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $"listen: \"{Of(listen, port)}\"\ncomponents: {{one: {{tcp: \"127.0.0.1:1\"}}}}"
        );
        await using ChildProcess daemon = files.Start("systemd-socket-activate", "-l", Of(systemd, port));

        // systemd starts the daemon with the first connection, which waits for it.
        RawAnswer? answer = await Eventually.GetAsync(
            () => AskAsync(port),
            got => got is not null,
            $"an answer from {daemon}"
        );

        answer?.Body.ShouldBe("FAIL");
        await daemon.LineAsync("failover listens on http");
        daemon.Output.ShouldNotContain("warning: the service manager");
    }

    [Fact]
    public async Task A_socket_that_the_configuration_does_not_name_is_told()
    {
        int port = FreePort();
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        await using ChildProcess daemon = files.Start("systemd-socket-activate", "-l", Of("127.0.0.1:{0}", port));
        using RawConnection client =
            await Eventually.GetAsync(() => OpenAsync(port), got => got is not null, $"a connection to {daemon}")
            ?? throw new InvalidOperationException("no connection");

        await daemon.LineAsync(
            Of(
                "warning: the service manager passes a socket for 127.0.0.1:{0}, which is in none of listen, management and agent: who connects there gets no answer",
                port
            )
        );
    }

    private static string Of(string address, int port) => string.Format(CultureInfo.InvariantCulture, address, port);

    private static async Task<RawAnswer?> AskAsync(int port)
    {
        try
        {
            return await RawConnection.GetAsync(port, "/one");
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task<RawConnection?> OpenAsync(int port)
    {
        try
        {
            return await RawConnection.OpenAsync(port);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // It is free again: systemd-socket-activate takes no port 0 that anybody would learn.
    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
