using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Http;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>Sockets that a service manager listens on and passes: the port stays open while nobody serves it.</summary>
[SupportedOSPlatform("linux")]
public sealed class InheritedSocketsTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_connects_between_two_servers_is_answered_by_the_second()
    {
        using Socket manager = Listening(new IPEndPoint(IPAddress.Loopback, 0));
        ListenAddress address = new("127.0.0.1", PortOf(manager));
        Listener first = await StartAsync(address, Says("first"), Of(manager));
        using (RawConnection client = await ConnectAsync(first))
        {
            (await AskAsync(client)).ShouldBe("first");
        }

        await first.StopAsync(Stop);
        await first.DisposeAsync();
        using RawConnection waiting = await ConnectAsync(first);
        Task<string> asked = AskAsync(waiting);
        await using Listener second = await StartAsync(address, Says("second"), Of(manager));

        (await asked).ShouldBe("second");
    }

    [Fact]
    public async Task An_address_that_comes_back_gets_its_socket_again()
    {
        using Socket manager = Listening(new IPEndPoint(IPAddress.Loopback, 0));
        InheritedSockets inherited = Of(manager);
        ListenAddress address = new("127.0.0.1", PortOf(manager));
        inherited.Unused.ShouldBe([$"127.0.0.1:{address.Port}"]);

        for (int i = 0; i < 10; i++)
        {
            await using Listener listener = await StartAsync(address, Says("again"), inherited);
            inherited.Unused.ShouldBeEmpty();
            using RawConnection client = await ConnectAsync(listener);
            (await AskAsync(client)).ShouldBe("again");
        }
    }

    [Fact]
    public async Task A_port_without_a_host_takes_the_socket_for_both_families()
    {
        using Socket manager = Listening(new IPEndPoint(IPAddress.IPv6Any, 0), isForBoth: true);
        InheritedSockets inherited = Of(manager);
        inherited.Unused.ShouldBe([$"*:{PortOf(manager)}"]);

        await using Listener listener = await StartAsync(
            new ListenAddress(null, PortOf(manager)),
            Says("both"),
            inherited
        );

        using RawConnection client = await ConnectAsync(listener);
        (await AskAsync(client)).ShouldBe("both");
    }

    [Fact]
    public async Task Another_address_at_the_port_says_which_one_would_take_the_socket()
    {
        using Socket manager = Listening(new IPEndPoint(IPAddress.Loopback, 0));
        int port = PortOf(manager);
        await using Listener listener = new(new ListenAddress(null, port), Says("one"), new ConnectionBudget(1))
        {
            Inherited = Of(manager),
        };

        (await Should.ThrowAsync<FailoverStartException>(() => listener.StartAsync(Stop))).Message.ShouldBe(
            $"cannot listen on http://*:{port}: the port is in use, by the socket that the service manager passes: listen: \"127.0.0.1:{port}\" takes it"
        );
    }

    [Fact]
    public async Task A_Unix_socket_of_the_manager_s_is_used_and_its_file_stays()
    {
        using SocketDirectory directory = new();
        using Socket manager = Listening(directory.EndPoint, ProtocolType.Unspecified);
        ListenAddress address = new(null, 0, directory.SocketPath);
        await using (Listener listener = await StartAsync(address, Says("local"), Of(manager)))
        {
            using RawConnection client = await RawConnection.OpenAsync(directory.EndPoint);
            (await AskAsync(client)).ShouldBe("local");
            await listener.StopAsync(Stop);
        }

        File.Exists(directory.SocketPath).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData("1", "1")]
    [InlineData("own", null)]
    [InlineData("own", "none")]
    [InlineData("own", "-1")]
    [InlineData("own", "0")]
    public void What_is_meant_for_another_process_or_is_no_number_is_nothing(string? process, string? count)
    {
        Dictionary<string, string?> environment = new()
        {
            ["LISTEN_PID"] = process == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process,
            ["LISTEN_FDS"] = count,
        };

        InheritedSockets.OfProcess(environment.GetValueOrDefault).Unused.ShouldBeEmpty();
    }

    [Fact]
    public void What_takes_no_connections_is_nothing()
    {
        using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        InheritedSockets.Of([Number(datagrams), Number(bound), 9999]).Unused.ShouldBeEmpty();
    }

    private static async Task<Listener> StartAsync(
        ListenAddress address,
        Func<HttpContext, Task> handler,
        InheritedSockets inherited
    )
    {
        Listener listener = new(address, handler, new ConnectionBudget(100)) { Inherited = inherited };
        await listener.StartAsync(Stop);
        return listener;
    }

    private static Socket Listening(EndPoint endPoint, ProtocolType protocol = ProtocolType.Tcp, bool isForBoth = false)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, protocol);
        if (isForBoth)
        {
            socket.DualMode = true;
        }

        socket.Bind(endPoint);
        socket.Listen();
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static int Number(Socket socket) => (int)socket.Handle;

    private static InheritedSockets Of(Socket socket) => InheritedSockets.Of([Number(socket)]);
}
