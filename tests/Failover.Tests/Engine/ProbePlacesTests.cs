using System.Collections.Concurrent;

namespace Failover;

/// <summary>How many probes run at a time, and what becomes of those that wait.</summary>
public sealed class ProbePlacesTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    // For the test that fails: one that waits for ever says less.
    private static readonly TimeSpan Longest = Second(30);

    private readonly ManualTime time = new();
    private readonly ConcurrentQueue<long> waited = [];
    private readonly ProbePlaces places;

    public ProbePlacesTests() => places = new(time, waited.Enqueue);

    [Fact]
    public async Task So_many_run_at_a_time_and_the_others_follow_in_the_order_of_asking()
    {
        places.Apply(new(Max: 2));
        Task<ProbePlace>[] probes = [.. Enumerable.Range(1, 5).Select(id => EnterAsync(id))];

        waited.ShouldBe([3, 4, 5]);
        (await probes[1]).Dispose();
        (await probes[2]).Refusal.ShouldBeNull();
        probes.Select(probe => probe.IsCompleted).ShouldBe([true, true, true, false, false]);
        (await probes[0]).Dispose();
        (await probes[3]).Dispose();
        (await probes[4]).Refusal.ShouldBeNull();
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_has_places_of_its_own_however_it_is_spelt()
    {
        places.Apply(new(MaxPerHost: 1));
        ProbePlace mail = await EnterAsync(1, "mail.example.net");

        Task<ProbePlace> same = EnterAsync(2, "Mail.example.net.");
        Task<ProbePlace> other = EnterAsync(3, "web.example.net");
        Task<ProbePlace> none = EnterAsync(4);

        (await other).Refusal.ShouldBeNull();
        (await none).Refusal.ShouldBeNull();
        ProbePlace ipv6 = await EnterAsync(5, "2001:db8::1");
        Task<ProbePlace> sameIpv6 = EnterAsync(6, "2001:DB8:0:0::1");
        waited.ShouldBe([2, 6]);
        mail.Dispose();
        ipv6.Dispose();
        (await same).Refusal.ShouldBeNull();
        (await sameIpv6).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_for_its_host_takes_no_place_of_another()
    {
        places.Apply(new(Max: 2, MaxPerHost: 1));
        ProbePlace mail = await EnterAsync(1, "mail.example.net");
        Task<ProbePlace>[] waiting = [.. Enumerable.Range(2, 9).Select(id => EnterAsync(id, "mail.example.net"))];

        (await EnterAsync(20, "web.example.net")).Dispose();
        (await EnterAsync(21, "web.example.net")).Dispose();

        waiting.ShouldAllBe(probe => !probe.IsCompleted);
        mail.Dispose();
        foreach (Task<ProbePlace> probe in waiting)
        {
            (await probe).Dispose();
        }
    }

    [Fact]
    public async Task One_that_has_waited_as_long_as_it_may_take_is_an_error()
    {
        places.Apply(new(Max: 1, MaxPerHost: 1));
        using ProbePlace runs = await EnterAsync(1, "mail.example.net");
        Task<ProbePlace> host = EnterAsync(2, "mail.example.net");
        Task<ProbePlace> all = EnterAsync(3, "web.example.net");

        time.Advance(Second(9.9));
        (host.IsCompleted, all.IsCompleted).ShouldBe((false, false));
        time.Advance(Second(0.1));

        (await host).Refusal.ShouldBe(
            Observation.Error("did not start within 10s: probes of mail.example.net are limited to 1 at a time")
        );
        (await all).Refusal.ShouldBe(Observation.Error("did not start within 10s: probes are limited to 1 at a time"));
        (await all).Dispose();
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public async Task The_two_waits_together_are_no_longer()
    {
        places.Apply(new(Max: 1, MaxPerHost: 1));
        ProbePlace first = await EnterAsync(1, "mail.example.net");
        Task<ProbePlace> second = EnterAsync(2, "mail.example.net");
        Task<ProbePlace> web = EnterAsync(3, "web.example.net");
        time.Advance(Second(6));

        // The place goes to the one that asked for it first; the other one now has that of its host.
        first.Dispose();
        (await web).Refusal.ShouldBeNull();
        SpinWait.SpinUntil(() => waited.Count == 3, Second(30)).ShouldBeTrue();
        second.IsCompleted.ShouldBeFalse();
        SpinWait.SpinUntil(() => time.TimerCount == 1, Second(30)).ShouldBeTrue();
        time.Advance(Second(4));

        (await second).Refusal!.Reason.ShouldBe("did not start within 10s: probes are limited to 1 at a time");
        (await web).Dispose();
        using ProbePlace next = await EnterAsync(4, "mail.example.net");
        next.Refusal.ShouldBeNull("nothing is left behind");
        next.LongestWait.ShouldBe(Second(10));
    }

    [Fact]
    public async Task One_that_is_cancelled_leaves_its_turn_to_the_next()
    {
        places.Apply(new(Max: 1, MaxPerHost: 1));
        using CancellationTokenSource cancel = new();
        ProbePlace runs = await EnterAsync(1, "mail.example.net");
        Task<ProbePlace> cancelled = EnterAsync(2, "web.example.net", until: cancel);
        Task<ProbePlace> sameHost = EnterAsync(3, "mail.example.net", until: cancel);
        Task<ProbePlace> next = EnterAsync(4, "web.example.net");

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        await Should.ThrowAsync<OperationCanceledException>(() => sameHost);
        await Should.ThrowAsync<OperationCanceledException>(() => EnterAsync(5, "mail.example.net", until: cancel));
        runs.Dispose();
        (await next).Dispose();
        (await EnterAsync(6, "mail.example.net")).Refusal.ShouldBeNull();
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public async Task More_places_are_taken_at_once_and_fewer_as_probes_end()
    {
        places.Apply(new(Max: 1, MaxPerHost: 1));
        ProbePlace first = await EnterAsync(1, "mail.example.net");
        Task<ProbePlace> host = EnterAsync(2, "mail.example.net");
        Task<ProbePlace> all = EnterAsync(3);

        places.Apply(new(Max: 3));
        ProbePlace[] taken = [first, await host, await all];
        places.Apply(new(Max: 2));
        Task<ProbePlace> next = EnterAsync(4);

        taken[0].Dispose();
        taken[0].Dispose();
        next.IsCompleted.ShouldBeFalse();
        taken[1].Dispose();
        (await next).Refusal.ShouldBeNull();
        taken[2].Dispose();
    }

    [Fact]
    public async Task Thousands_that_wait_each_get_their_turn()
    {
        places.Apply(new(Max: 3, MaxPerHost: 2));
        ProbePlace[] taken = [await EnterAsync(-1), await EnterAsync(-2), await EnterAsync(-3)];
        int ended = 0;
        Task[] probes = [.. Enumerable.Range(0, 3_000).Select(id => RunAsync(id, $"host-{id % 100}"))];
        ended.ShouldBe(0);
        Array.ForEach(taken, place => place.Dispose());

        await Task.WhenAll(probes).WaitAsync(Stop);
        ended.ShouldBe(3_000);

        async Task RunAsync(long id, string host)
        {
            using ProbePlace place = await EnterAsync(id, host);
            place.Refusal.ShouldBeNull();
            Interlocked.Increment(ref ended);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_001)]
    public void A_limit_is_from_1_to_a_million(int given)
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new HealthCheckServer(port: 0) { MaxProbes = given })
            .Message.ShouldStartWith($"MaxProbes is {given}; accepted: a whole number from 1 to 1000000");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new HealthCheckServer(port: 0) { MaxProbesPerHost = given })
            .ParamName.ShouldBe("MaxProbesPerHost");
    }

    [Fact]
    public async Task An_application_limits_them_too()
    {
        await using HealthService service = new FailoverBuilder().LimitProbes(5, maxPerHost: 2).Copy().Build();

        service.ProbeLimits.ShouldBe(new(5, 2));
        Should
            .Throw<ArgumentOutOfRangeException>(() => new FailoverBuilder().LimitProbes(maxPerHost: 0))
            .ParamName.ShouldBe("maxPerHost");
    }

    private Task<ProbePlace> EnterAsync(long probe, string? host = null, CancellationTokenSource? until = null) =>
        places
            .EnterAsync(probe, new ScriptedCheck { Host = host }, until?.Token ?? Stop)
            .AsTask()
            .WaitAsync(Longest, Stop);
}
