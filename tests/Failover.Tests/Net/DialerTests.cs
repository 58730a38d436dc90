using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>What checks build on: a connection that is theirs, or why there is none. The sockets are real.</summary>
public sealed class DialerTests
{
    private readonly ManualTime time = new();
    private readonly TaskCompletionSource lookedUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.3")]
    [InlineData("::1")]
    [InlineData("one.test")]
    [InlineData("several.test")]
    public async Task The_connection_is_the_callers_to_talk_over(string host)
    {
        using Peer peer = Peer.Accepting(host is "::1" ? host : "127.0.0.3");
        using Socket refusing = Peer.Refusing("127.0.0.4", peer.Port);

        using Dialed dialed = await DialAsync(Dialer(host, peer.Port), Cancel);

        dialed.Failure.ShouldBeNull();
        dialed.IsConnected.ShouldBeTrue();
        dialed.Target.ShouldBe(peer.EndPoint);
        using Socket other = await peer.AcceptAsync(Cancel);
        await dialed.Socket.SendAsync("hello"u8.ToArray(), Cancel);
        byte[] heard = new byte[5];
        await other.ReceiveAsync(heard, Cancel);
        heard.ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public async Task The_race_leaves_the_deadline_to_what_follows()
    {
        using Peer peer = Peer.Accepting("127.0.0.3");
        using Socket refusing = Peer.Refusing("127.0.0.4", peer.Port);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        using Dialed dialed = await DialAsync(Dialer("several.test", peer.Port), deadline.Token);

        dialed.IsConnected.ShouldBeTrue();
        deadline.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Disposed_it_closes_the_connection()
    {
        using Peer peer = Peer.Accepting();
        Dialed dialed = await DialAsync(new("127.0.0.1", peer.Port), Cancel);
        using Socket other = await peer.AcceptAsync(Cancel);

        dialed.Dispose();

        (await other.ReceiveAsync(new byte[1], Cancel)).ShouldBe(0);
        dialed.Socket!.SafeHandle.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_target_that_refuses_is_a_fail_and_leaves_no_connection()
    {
        using Socket refusing = Peer.Refusing("127.0.0.4");
        int port = ((IPEndPoint)refusing.LocalEndPoint!).Port;

        Dialed dialed = await DialAsync(new("127.0.0.4", port), Cancel);

        (dialed.IsConnected, dialed.Socket, dialed.Target).ShouldBe((false, null, null));
        (dialed.Failure!.State, dialed.Failure.Reason).ShouldBe((Fail, $"refused: 127.0.0.4:{port}"));
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("hole.test")]
    public async Task A_deadline_that_passes_is_a_fail_that_rests_on_time(string host)
    {
        using Peer hole = Peer.BlackHole("127.0.0.2");
        using CancellationTokenSource deadline = new(Second(3), time);
        Task<Dialed> dial = DialAsync(Dialer(host, hole.Port), deadline.Token);
        if (host is "hole.test")
        {
            // A lookup that never began would be no fault of the target's.
            await lookedUp.Task.WaitAsync(Cancel);
        }

        time.Advance(Second(3));

        Observation failure = (await dial).Failure!;
        (failure.State, failure.IsTimeout).ShouldBe((Fail, true));
    }

    [Fact]
    public async Task What_this_machine_cannot_do_is_an_error()
    {
        Dialed dialed = await DialAsync(Dialer("one.test", 25, sourceHost: "192.0.2.7"), Cancel);

        (dialed.Failure!.State, dialed.Failure.Reason).ShouldBe(
            (Error, "source address not on this machine (192.0.2.7): 127.0.0.3:25")
        );
    }

    [Fact]
    public async Task A_name_of_this_machine_is_looked_up_by_this_machine()
    {
        using Peer peer = Peer.Accepting("127.0.0.3");
        List<string> asked = [];
        Dialer dialer = new("one.test", peer.Port, sourceHost: "localhost")
        {
            Resolver = new Resolver(name =>
            {
                asked.Add(name);
                return [IPAddress.Parse("127.0.0.3")];
            }),
        };

        using Dialed dialed = await DialAsync(dialer, Cancel);

        dialed.Failure.ShouldBeNull();
        asked.ShouldBe(["one.test"]);
        using Socket other = await peer.AcceptAsync(Cancel);
        ((IPEndPoint)other.RemoteEndPoint!).Address.ShouldBe(IPAddress.Loopback);
    }

    [Fact]
    public void A_source_of_another_family_is_refused() =>
        Should
            .Throw<ArgumentException>(() => new Dialer("127.0.0.1", 25, sourceHost: "::1"))
            .ParamName.ShouldBe("sourceHost");

    [Fact]
    public void Two_of_the_same_target_are_equal()
    {
        new Dialer("192.0.2.1", "smtp").ShouldBe(new("192.0.2.1", 25));
        new Dialer("192.0.2.1", 25).ShouldNotBe(new("192.0.2.1", 26));
        new Dialer("mail", 25, sourceHost: "here").ShouldNotBe(new("mail", 25));
    }

    private Task<Dialed> DialAsync(Dialer dialer, CancellationToken deadline) =>
        dialer.DialAsync(TcpClose.Fin, time, deadline).AsTask().WaitAsync(Second(20), TimeProvider.System, Cancel);

    private Dialer Dialer(string host, int port, string? sourceHost = null) =>
        new(host, port, sourceHost)
        {
            Resolver = new Resolver(name =>
            {
                lookedUp.TrySetResult();
                return name switch
                {
                    "one.test" => [IPAddress.Parse("127.0.0.3")],
                    "hole.test" => [IPAddress.Parse("127.0.0.2")],
                    _ => [IPAddress.Parse("127.0.0.4"), IPAddress.Parse("127.0.0.3")],
                };
            }),
        };
}
