using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>One place where requests come in, beside others.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ListenerTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_the_port_that_it_took()
    {
        await using Listener listener = await StartAsync(FreePort, Says("one"));

        listener.Address.ShouldBe(FreePort with { Port = listener.Address.Port });
        listener.Address.Port.ShouldBeInRange(1, 65535);
        using RawConnection client = await ConnectAsync(listener);
        (await AskAsync(client)).ShouldBe("one");
    }

    [Fact]
    public async Task One_comes_and_goes_while_the_other_serves_on()
    {
        await using Listener stays = await StartAsync(FreePort, Says("stays"));
        using RawConnection client = await ConnectAsync(stays);
        (await AskAsync(client)).ShouldBe("stays");

        Listener goes = await StartAsync(FreePort, Says("goes"));
        int port = goes.Address.Port;
        using RawConnection other = await ConnectAsync(goes);
        (await AskAsync(other)).ShouldBe("goes");
        (await AskAsync(client)).ShouldBe("stays");

        await goes.StopAsync(Stop);
        (await AskAsync(client)).ShouldBe("stays");
        (await other.IsClosedAsync()).ShouldBeTrue();
        (await Should.ThrowAsync<SocketException>(() => RawConnection.OpenAsync(port))).SocketErrorCode.ShouldBe(
            SocketError.ConnectionRefused
        );
        await goes.DisposeAsync();
        (await AskAsync(client)).ShouldBe("stays");
    }

    [Fact]
    public async Task It_ends_after_the_requests_in_flight()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource gate = new();
        await using Listener listener = await StartAsync(
            FreePort,
            async http =>
            {
                entered.SetResult();
                await gate.Task;
                await Says("done")(http);
            }
        );
        using RawConnection client = await ConnectAsync(listener);
        Task<string> asked = AskAsync(client);
        await entered.Task;

        Task stopped = listener.StopAsync(Stop);
        stopped.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await stopped;

        (await asked).ShouldBe("done");
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        await using Listener first = await StartAsync(FreePort, Says("one"));
        await using Listener second = new(first.Address, Says("two"), new ConnectionBudget(1));

        (await RefusalAsync(second)).ShouldBe($"cannot listen on {first.Address}: the port is in use");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_clear_line()
    {
        await using Listener listener = new(new ListenAddress("192.0.2.1", 0), Says("one"), new ConnectionBudget(1));

        (await RefusalAsync(listener)).ShouldBe(
            "cannot listen on http://192.0.2.1:0: the address is not of this machine"
        );
    }

    [Fact]
    public async Task A_second_start_is_refused_and_the_first_continues()
    {
        await using Listener listener = await StartAsync(FreePort, Says("one"));

        await Should.ThrowAsync<InvalidOperationException>(() => listener.StartAsync(Stop));

        using RawConnection client = await ConnectAsync(listener);
        (await AskAsync(client)).ShouldBe("one");
    }

    [Fact]
    public async Task One_that_never_started_ends_too()
    {
        Listener listener = new(FreePort, Says("one"), new ConnectionBudget(1));

        await listener.StopAsync(Stop);
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task HTTPS_without_a_certificate_is_refused()
    {
        await using Listener listener = new(FreePort with { IsTls = true }, Says("one"), new ConnectionBudget(1));

        await Should.ThrowAsync<InvalidOperationException>(() => listener.StartAsync(Stop));
    }

    [Fact]
    public async Task All_IPv4_addresses_and_all_IPv6_addresses_are_listened_on_side_by_side()
    {
        await using Listener second = await StartAsync(new ListenAddress("0.0.0.0", 0), Says("IPv4"));
        int port = second.Address.Port;
        await using Listener first = await StartAsync(new ListenAddress("::", port), Says("IPv6"));

        using RawConnection overIPv4 = await RawConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, port));
        (await AskAsync(overIPv4)).ShouldBe("IPv4");
        using RawConnection overIPv6 = await RawConnection.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, port));
        (await AskAsync(overIPv6)).ShouldBe("IPv6");
    }

    [Fact]
    public async Task Localhost_is_listened_on_in_both_families()
    {
        await using Listener listener = await StartAsync(new ListenAddress("localhost", 0), Says("both"));

        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using RawConnection client = await RawConnection.OpenAsync(new IPEndPoint(address, listener.Address.Port));
            (await AskAsync(client)).ShouldBe("both");
        }
    }

    [Fact]
    public async Task Localhost_is_in_use_where_one_family_is()
    {
        await using Listener first = await StartAsync(new ListenAddress("::1", 0), Says("one"));
        ListenAddress address = new("localhost", first.Address.Port);
        await using Listener second = new(address, Says("two"), new ConnectionBudget(1));

        string refusal = await RefusalAsync(second);

        refusal.ShouldBe($"cannot listen on http://localhost:{address.Port}: the port is in use");
        (await Should.ThrowAsync<FailoverStartException>(() => Listener.RehearseAsync(address, Stop))).Message.ShouldBe(
            refusal
        );
        // The other family is free again.
        await using Listener third = await StartAsync(new ListenAddress("127.0.0.1", address.Port), Says("three"));
    }

    [Fact]
    public async Task A_rehearsal_leaves_the_address_free()
    {
        using SocketDirectory directory = new();
        await using Listener listener = await StartAsync(FreePort, Says("one"));
        ListenAddress address = listener.Address;
        await listener.DisposeAsync();

        await Listener.RehearseAsync(address, Stop);
        await Listener.RehearseAsync(new ListenAddress(null, 0, directory.SocketPath), Stop);

        directory.Names.ShouldBeEmpty();
        await using Listener again = await StartAsync(address, Says("one"));
    }

    [Fact]
    public async Task A_rehearsal_tells_what_another_process_holds()
    {
        using SocketDirectory directory = new();
        await using Listener port = await StartAsync(FreePort, Says("one"));
        await using Listener socket = await StartAsync(new(null, 0, directory.SocketPath), Says("one"));

        foreach (ListenAddress address in new[] { port.Address, socket.Address })
        {
            FailoverStartException fault = await Should.ThrowAsync<FailoverStartException>(() =>
                Listener.RehearseAsync(address, Stop)
            );
            fault.IsHeldElsewhere.ShouldBeTrue();
            fault.Message.ShouldMatch(" is in use$");
        }

        (
            await Should.ThrowAsync<FailoverStartException>(() =>
                Listener.RehearseAsync(new ListenAddress("192.0.2.1", 0), Stop)
            )
        ).IsHeldElsewhere.ShouldBeFalse();
    }

    [Fact]
    public async Task A_Unix_socket_is_served_and_gone_at_the_end()
    {
        using SocketDirectory directory = new();
        bool? hasAddress = null;
        await using Listener listener = await StartAsync(
            new ListenAddress(null, 0, directory.SocketPath),
            http =>
            {
                hasAddress = http.Connection.RemoteIpAddress is not null;
                return Says("local")(http);
            }
        );

        using (RawConnection client = await RawConnection.OpenAsync(directory.EndPoint))
        {
            (await AskAsync(client)).ShouldBe("local");
            hasAddress.ShouldBe(false);
            File.GetUnixFileMode(directory.SocketPath).ShouldBe(SocketDirectory.GroupMayConnect);
        }

        await listener.StopAsync(Stop);
        directory.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Unix_socket_in_use_is_one_clear_line_and_continues()
    {
        using SocketDirectory directory = new();
        ListenAddress address = new(null, 0, directory.SocketPath);
        await using Listener first = await StartAsync(address, Says("one"));
        Listener second = new(address, Says("two"), new ConnectionBudget(1));

        (await RefusalAsync(second)).ShouldBe($"cannot listen on unix:{directory.SocketPath}: the socket is in use");
        await second.DisposeAsync();

        using RawConnection client = await RawConnection.OpenAsync(directory.EndPoint);
        (await AskAsync(client)).ShouldBe("one");
    }

    private static async Task<string> RefusalAsync(Listener listener) =>
        (await Should.ThrowAsync<FailoverStartException>(() => listener.StartAsync(Stop))).Message;
}
