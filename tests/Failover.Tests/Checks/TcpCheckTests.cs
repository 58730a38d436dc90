using System.Net;
using System.Net.Sockets;

namespace Failover;

public sealed class TcpCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", TcpClose.Rst)]
    [InlineData("127.0.0.1", TcpClose.Fin)]
    [InlineData("::1", TcpClose.Rst)]
    [InlineData("::1", TcpClose.Fin)]
    public async Task A_target_that_accepts_is_ok(string host, TcpClose close)
    {
        using Peer peer = Peer.Accepting(host);

        Observation seen = await ProbeAsync(new TcpCheck(host, peer.Port, Second(10), close: close));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldMatch(
            $@"^connected to {System.Text.RegularExpressions.Regex.Escape($"{peer.EndPoint}")} in \d"
        );
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_target_that_refuses_fails(string host)
    {
        using Socket refusing = Peer.Refusing(host);
        IPEndPoint target = (IPEndPoint)refusing.LocalEndPoint!;

        Observation seen = await ProbeAsync(new TcpCheck(host, target.Port));

        (seen.State, seen.Reason).ShouldBe((Fail, $"refused: {target}"));
    }

    [Fact]
    public async Task An_IPv4_address_written_as_IPv6_is_that_IPv4_address()
    {
        using Peer peer = Peer.Accepting();

        Observation seen = await ProbeAsync(new TcpCheck("::ffff:127.0.0.1", peer.Port));

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Fact]
    public async Task A_scope_that_is_not_on_this_machine_is_an_error()
    {
        Observation seen = await ProbeAsync(new TcpCheck("fe80::1%nosuch0", 25, Second(5)));

        seen.State.ShouldBe(Error, seen.Reason);
    }

    [Fact]
    public async Task A_black_hole_fails_at_the_deadline_and_not_much_later()
    {
        using Peer hole = Peer.BlackHole();
        long started = TimeProvider.System.GetTimestamp();

        Observation seen = await ProbeAsync(new TcpCheck(hole.Host, hole.Port, Second(0.2)));

        TimeSpan took = TimeProvider.System.GetElapsedTime(started);
        (seen.State, seen.Reason).ShouldBe((Fail, $"timed out: {hole.EndPoint}"));
        took.ShouldBeInRange(Second(0.19), Second(3));
    }

    [Fact]
    public async Task The_deadline_is_one_of_the_given_clock()
    {
        using Peer hole = Peer.BlackHole();
        ManualTime time = new();
        Task<Observation> probe = new TcpCheck(hole.Host, hole.Port, Hour(1)).ProbeAsync(time, Cancel).AsTask();

        time.Advance(Hour(1) - Second(1));
        probe.IsCompleted.ShouldBeFalse();
        time.Advance(Second(1));

        (await probe.WaitAsync(Second(10), TimeProvider.System, Cancel)).State.ShouldBe(Fail);
    }

    [Theory]
    [InlineData(TcpClose.Rst)]
    [InlineData(TcpClose.Fin)]
    public async Task A_peer_that_resets_at_once_is_ok_or_reset_and_never_an_error(TcpClose close)
    {
        using Peer peer = Peer.Accepting();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task resets = ResetAllAsync(peer, stop.Token);

        for (int probe = 0; probe < 50; probe++)
        {
            Observation seen = await ProbeAsync(new TcpCheck(peer.Host, peer.Port, close: close));
            string reset = $"connection reset: {peer.EndPoint}";
            (
                seen.State == Ok || (seen.State == Fail && string.Equals(seen.Reason, reset, StringComparison.Ordinal))
            ).ShouldBeTrue(seen.ToString());
        }

        await stop.CancelAsync();
        await resets;
    }

    [Fact]
    public async Task A_connection_to_itself_fails()
    {
        using Socket reserved = Peer.Refusing();
        int port = ((IPEndPoint)reserved.LocalEndPoint!).Port;

        TcpCheck check = new("127.0.0.1", port, Second(10), sourceHost: "127.0.0.1", sourcePort: port);
        Observation seen = await ProbeAsync(check);

        (seen.State, seen.Reason).ShouldBe((Fail, $"connected to itself: 127.0.0.1:{port}"));
    }

    [Fact]
    public async Task Closing_by_reset_leaves_no_TIME_WAIT_and_is_hardly_ever_seen_by_the_application()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what the application sees is promised on Linux only");
        using Peer peer = Peer.Accepting();
        TcpCheck check = new(peer.Host, peer.Port);

        for (int probe = 0; probe < 100; probe++)
        {
            (await ProbeAsync(check)).State.ShouldBe(Ok);
        }

        // Linux sends the held-back ACK after 40 ms to 200 ms, which a busy machine may take to close.
        peer.CountArrivals(TimeSpan.Zero).ShouldBeLessThan(10);
        peer.CountTimeWaits().ShouldBe(0);
    }

    [Fact]
    public async Task Closing_in_the_ordinary_way_is_seen_by_the_application_as_an_end()
    {
        using Peer peer = Peer.Accepting();

        Observation seen = await ProbeAsync(new TcpCheck(peer.Host, peer.Port, close: TcpClose.Fin));
        using Socket accepted = await peer.AcceptAsync(Cancel);

        seen.State.ShouldBe(Ok);
        Task<int> received = accepted.ReceiveAsync(new byte[1], Cancel).AsTask();
        (await received.WaitAsync(Second(10), TimeProvider.System, Cancel)).ShouldBe(0);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.7")]
    [InlineData("::1", "::1")]
    public async Task It_comes_from_the_source_host(string host, string source)
    {
        using Peer peer = Peer.Accepting(host);

        Observation seen = await ProbeAsync(new TcpCheck(host, peer.Port, sourceHost: source, close: TcpClose.Fin));
        using Socket accepted = await peer.AcceptAsync(Cancel);

        seen.State.ShouldBe(Ok, seen.Reason);
        ((IPEndPoint)accepted.RemoteEndPoint!).Address.ShouldBe(IPAddress.Parse(source));
    }

    [Fact]
    public async Task It_comes_from_the_source_port_and_can_do_so_again_at_once()
    {
        using Peer peer = Peer.Accepting();
        using Socket reserved = Peer.Refusing("127.0.0.8");
        int port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        TcpCheck check = new(peer.Host, peer.Port, sourceHost: "127.0.0.8", sourcePort: port);

        for (int probe = 0; probe < 20; probe++)
        {
            Observation seen = await ProbeAsync(check);
            seen.State.ShouldBe(Ok, seen.Reason);
        }
    }

    [Fact]
    public async Task A_source_port_that_is_in_use_is_an_error()
    {
        using Peer peer = Peer.Accepting();
        using Peer other = Peer.Accepting("127.0.0.8");

        Observation seen = await ProbeAsync(
            new TcpCheck(peer.Host, peer.Port, sourceHost: other.Host, sourcePort: other.Port)
        );

        (seen.State, seen.Reason).ShouldBe((Error, $"source port in use ({other.EndPoint}): {peer.EndPoint}"));
    }

    [Fact]
    public async Task A_source_address_that_is_not_here_is_an_error()
    {
        using Peer peer = Peer.Accepting();

        Observation seen = await ProbeAsync(new TcpCheck(peer.Host, peer.Port, sourceHost: "192.0.2.1"));

        (seen.State, seen.Reason).ShouldBe((Error, $"source address not on this machine (192.0.2.1): {peer.EndPoint}"));
    }

    [Fact]
    public async Task A_cancelled_probe_ends_at_once()
    {
        using Peer hole = Peer.BlackHole();
        using CancellationTokenSource stop = new();
        Task<Observation> probe = new TcpCheck(hole.Host, hole.Port, Hour(1))
            .ProbeAsync(TimeProvider.System, stop.Token)
            .AsTask();
        probe.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(probe.WaitAsync(Second(10), TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task A_name_is_looked_up_in_the_system()
    {
        using Peer peer = Peer.Accepting();

        Observation seen = await ProbeAsync(new TcpCheck("localhost", peer.Port));

        (seen.State, seen.Reason.Split(" in ")[0]).ShouldBe((Ok, $"connected to {peer.EndPoint}"));
    }

    private static ValueTask<Observation> ProbeAsync(TcpCheck check) => check.ProbeAsync(TimeProvider.System, Cancel);

    private static async Task ResetAllAsync(Peer peer, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using Socket accepted = await peer.AcceptAsync(stop);
                accepted.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (OperationCanceledException) { }
    }
}
