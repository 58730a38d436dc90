using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Names with several addresses: the addresses are given, the sockets are real.</summary>
public sealed class TcpRaceTests
{
    private readonly ManualTime time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_first_address_costs_250_ms()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        using Peer dead = Peer.BlackHole("127.0.0.2", live.Port);
        Task<Observation> probe = Probe(live.Port, "127.0.0.2", "127.0.0.3");
        await DelayAndDeadlineAreSet();

        time.Advance(Second(0.249));
        (await EndsWithin(probe, Second(0.1))).ShouldBeFalse();
        time.Advance(Second(0.001));

        Observation seen = await InTime(probe);
        (seen.State, seen.Reason).ShouldBe((Ok, $"connected to 127.0.0.3:{live.Port} in 250ms"));
    }

    [Fact]
    public async Task The_next_address_is_tried_within_a_second_of_real_time()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        using Peer dead = Peer.BlackHole("127.0.0.2", live.Port);
        long started = TimeProvider.System.GetTimestamp();

        Observation seen = await Check(live.Port, "127.0.0.2", "127.0.0.3").ProbeAsync(TimeProvider.System, Cancel);

        seen.State.ShouldBe(Ok, seen.Reason);
        TimeProvider.System.GetElapsedTime(started).ShouldBeInRange(Second(0.24), Second(2));
    }

    [Fact]
    public async Task A_first_address_that_refuses_costs_no_delay()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        using Socket refusing = Peer.Refusing("127.0.0.2", live.Port);

        // The clock stands still: without a failure at once nothing would start the second attempt.
        Observation seen = await InTime(Probe(live.Port, "127.0.0.2", "127.0.0.3"));

        (seen.State, seen.Reason).ShouldBe((Ok, $"connected to 127.0.0.3:{live.Port} in 0ms"));
    }

    [Fact]
    public async Task An_address_that_answers_late_still_counts_after_the_next_was_tried()
    {
        using Peer second = Peer.BlackHole("127.0.0.3");
        using Peer first = Peer.BlackHole("127.0.0.2", second.Port);
        Task<Observation> probe = Probe(second.Port, "127.0.0.2", "127.0.0.3");
        await DelayAndDeadlineAreSet();
        time.Advance(Second(1));

        // Room in the queue: the SYN that the system sends again after 1 s is answered.
        first.CountArrivals(Second(1)).ShouldBe(1);

        Observation seen = await InTime(probe);
        (seen.State, seen.Reason).ShouldBe((Ok, $"connected to 127.0.0.2:{second.Port} in 1s"));
    }

    [Fact]
    public async Task When_all_refuse_each_is_named_in_the_resolvers_order()
    {
        using Socket refusing = Peer.Refusing("127.0.0.2");
        int port = ((IPEndPoint)refusing.LocalEndPoint!).Port;
        using Socket other = Peer.Refusing("127.0.0.1", port);

        Observation seen = await InTime(Probe(port, "127.0.0.2", "127.0.0.1"));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"refused: 127.0.0.2:{port}; refused: 127.0.0.1:{port} (2 addresses)")
        );
    }

    [Fact]
    public async Task At_the_deadline_all_attempts_end_and_the_untried_are_counted()
    {
        using Peer first = Peer.BlackHole("127.0.0.2");
        using Peer second = Peer.BlackHole("127.0.0.3", first.Port);
        TcpCheck check = Check(Second(0.3), first.Port, "127.0.0.2", "127.0.0.3", "127.0.0.4");
        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        await DelayAndDeadlineAreSet();
        time.Advance(Second(0.25));
        await DelayAndDeadlineAreSet();
        time.Advance(Second(0.05));

        Observation seen = await InTime(probe);

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"timed out: 127.0.0.2:{first.Port}; timed out: 127.0.0.3:{first.Port} (2 of 3 addresses tried)")
        );
    }

    [Fact]
    public async Task No_timer_outlives_a_probe()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        using Socket refusing = Peer.Refusing("127.0.0.2", live.Port);
        using Peer hole = Peer.BlackHole("127.0.0.4", live.Port);
        string[][] targets =
        [
            ["127.0.0.3"],
            ["127.0.0.2"],
            ["127.0.0.2", "127.0.0.3"],
            ["127.0.0.2", "127.0.0.3", "127.0.0.4"],
            [],
        ];

        foreach (string[] addresses in targets)
        {
            await InTime(Probe(live.Port, addresses));
            time.TimerCount.ShouldBe(0, string.Join(' ', addresses));
        }

        Task<Observation> isLate = Probe(live.Port, "127.0.0.4", "127.0.0.3");
        await DelayAndDeadlineAreSet();
        time.Advance(Second(0.25));
        (await InTime(isLate)).State.ShouldBe(Ok);
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_deadline_that_passed_before_the_first_attempt_is_a_time_out()
    {
        using Peer first = Peer.BlackHole("127.0.0.2");
        using CancellationTokenSource deadline = new();
        await deadline.CancelAsync();
        TcpPath[] paths = [new(first.EndPoint, null), new(new(IPAddress.Loopback, first.Port), null)];

        IReadOnlyList<TcpAttempt> attempts = await TcpRace.RunAsync(paths, TcpClose.Rst, time, deadline.Token);

        attempts.ShouldBe([new(first.EndPoint, TcpEnding.TimedOut, "timed out")]);
    }

    [Fact]
    public async Task Only_targets_of_the_sources_family_are_tried()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        TcpCheck check = new("target.test", live.Port, sourceHost: "127.0.0.5")
        {
            NameResolver = new Resolver(_ => Parse("::1", "127.0.0.3")),
        };

        Observation seen = await InTime(check.ProbeAsync(time, Cancel).AsTask());

        (seen.State, seen.Reason).ShouldBe((Ok, $"connected to 127.0.0.3:{live.Port} in 0ms"));
    }

    [Fact]
    public async Task A_target_without_an_address_of_the_sources_family_is_an_error()
    {
        TcpCheck check = new("target.test", 25, sourceHost: "127.0.0.1")
        {
            NameResolver = new Resolver(_ => Parse("::1")),
        };

        Observation seen = await InTime(check.ProbeAsync(time, Cancel).AsTask());

        (seen.State, seen.Reason).ShouldBe(
            (Error, "no address of target.test is of the same family as the source 127.0.0.1")
        );
    }

    [Theory]
    [InlineData("Failed Unavailable", Fail)]
    [InlineData("Unavailable Failed", Fail)]
    [InlineData("Failed Exhausted", Error)]
    [InlineData("Exhausted Unavailable", Error)]
    [InlineData("Unavailable Unavailable", Error)]
    [InlineData("Failed Failed", Fail)]
    [InlineData("Exhausted Unavailable Failed Connected", Ok)]
    [InlineData("TimedOut Connected", Ok)]
    [InlineData("TimedOut Unavailable", Fail, true)]
    [InlineData("TimedOut TimedOut", Fail, true)]
    [InlineData("Failed TimedOut", Fail, true)]
    [InlineData("Exhausted TimedOut", Error)]
    [InlineData("Failed untried", Fail, true)]
    [InlineData("Unavailable untried", Error)]
    public void What_several_addresses_tell(string endings, HealthState verdict, bool isTimeout = false)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        TcpAttempt[] attempts =
        [
            .. endings
                .Split(' ')
                .Where(ending => ending is not "untried")
                .Select(
                    (ending, index) =>
                        new TcpAttempt(
                            new(IPAddress.Loopback, index + 1),
                            Enum.Parse<TcpEnding>(ending),
                            ending,
                            ending is "Connected" ? socket : null
                        )
                ),
        ];

        Dialed dialed = TcpVerdict.Of(attempts, endings.Split(' ').Length);

        (dialed.Failure?.State ?? Ok, dialed.Failure?.IsTimeout ?? false).ShouldBe((verdict, isTimeout));
        dialed.Socket.ShouldBe(verdict == Ok ? socket : null);
    }

    [Fact]
    public void The_cause_that_decided_comes_first()
    {
        TcpAttempt[] attempts =
        [
            new(new(IPAddress.IPv6Loopback, 25), TcpEnding.Unavailable, "no local address to come from"),
            new(new(IPAddress.Loopback, 25), TcpEnding.Failed, "refused"),
        ];

        TcpVerdict
            .Of(attempts, 2)
            .Failure!.Reason.ShouldBe("refused: 127.0.0.1:25; no local address to come from: [::1]:25 (2 addresses)");
    }

    [Fact]
    public async Task Of_several_that_connected_the_first_is_kept()
    {
        using Peer peer = Peer.Accepting();
        TcpAttempt failed = new(peer.EndPoint, TcpEnding.Failed, "refused");
        TcpAttempt[] connected =
        [
            await TcpAttempt.RunAsync(new(peer.EndPoint, null), TcpClose.Fin, Cancel),
            await TcpAttempt.RunAsync(new(peer.EndPoint, null), TcpClose.Fin, Cancel),
        ];
        using Socket kept = connected[0].Socket!;

        TcpRace.CloseAllButOne([failed, .. connected]);

        kept.Connected.ShouldBeTrue();
        connected[1].Socket!.SafeHandle.IsClosed.ShouldBeTrue();
    }

    // The probe goes on in other threads; the clock must not be moved before they have set their timers.
    private async Task DelayAndDeadlineAreSet()
    {
        while (time.TimerCount < 2)
        {
            await Task.Delay(Second(0.001), TimeProvider.System, Cancel);
        }
    }

    private Task<Observation> Probe(int port, params string[] addresses) =>
        Check(port, addresses).ProbeAsync(time, Cancel).AsTask();

    private static TcpCheck Check(int port, params string[] addresses) => Check(Second(10), port, addresses);

    private static TcpCheck Check(TimeSpan timeout, int port, params string[] addresses) =>
        new("target.test", port, timeout) { NameResolver = new Resolver(_ => Parse(addresses)) };

    private static IPAddress[] Parse(params string[] addresses) => [.. addresses.Select(IPAddress.Parse)];

    private static Task<Observation> InTime(Task<Observation> probe) =>
        probe.WaitAsync(Second(20), TimeProvider.System, Cancel);

    private static async Task<bool> EndsWithin(Task<Observation> probe, TimeSpan wait)
    {
        await Task.Delay(wait, TimeProvider.System, Cancel);
        return probe.IsCompleted;
    }
}
