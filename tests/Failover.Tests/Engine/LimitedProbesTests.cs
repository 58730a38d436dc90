namespace Failover;

/// <summary>What components serve where probes have to wait for a place.</summary>
public sealed class LimitedProbesTests
{
    private readonly ScriptedCheck slow = new() { Name = "slow", Gate = new() };
    private readonly ScriptedCheck check = new() { Name = "check" };

    [Fact]
    public async Task A_timeout_begins_when_the_probe_begins()
    {
        await using EngineUnderTest test = new();
        test.Engine.Limit(new(Max: 1));
        Component first = test.Add(slow);
        SilentCheck silent = new(Second(5));
        Component second = test.Add(silent);
        await test.StartAsync();
        Task<HealthState> holds = EngineUnderTest.PollAsync(first);
        Task<HealthState> waits = EngineUnderTest.PollAsync(second);

        test.Time.Advance(Second(4));
        slow.Gate!.SetResult();
        (await holds).ShouldBe(Ok);
        SpinWait.SpinUntil(() => silent.HasBegun, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(4.9));
        waits.IsCompleted.ShouldBeFalse("it waited for 4 s, and has 5 s of its own");
        test.Time.Advance(Second(0.1));

        (await waits).ShouldBe(Fail);
        second.LastKnown().Reason.ShouldBe("timed out after 5s");
    }

    [Fact]
    public async Task What_waits_too_long_is_an_error_and_no_fail()
    {
        await using EngineUnderTest test = new();
        test.Engine.Limit(new(Max: 1));
        Component first = test.Add(slow);
        check.Sees = Fail;
        Component second = test.Add(new Hysteresis(check, failAfter: 1));
        await test.StartAsync();
        Task<HealthState> holds = EngineUnderTest.PollAsync(first);
        Task<HealthState> waits = EngineUnderTest.PollAsync(second);

        test.Time.Advance(Second(10));

        (await waits).ShouldBe(Ok);
        second
            .LastKnown()
            .Reason.ShouldBe("held, could not tell: did not start within 10s: probes are limited to 1 at a time");
        check.Probes.ShouldBe(0);
        slow.Gate!.SetResult();
        (await holds).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(second)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_deadline_that_passes_while_a_probe_waits_is_an_error()
    {
        await using EngineUnderTest test = new();
        test.Engine.Limit(new(Max: 1));
        Component first = test.Add(slow);
        Component second = test.Add(new Deadline(new All(check, new ScriptedCheck { Name = "other" }), Second(3)));
        await test.StartAsync();
        Task<HealthState> holds = EngineUnderTest.PollAsync(first);
        Task<HealthState> waits = EngineUnderTest.PollAsync(second);

        test.Time.Advance(Second(3));

        (await waits).ShouldBe(Error);
        second.LastKnown().Reason.ShouldBe("a probe waited until others had ended: timed out after 3s");
        Task<HealthState> joins = EngineUnderTest.PollAsync(second);
        slow.Gate!.SetResult();
        (await holds).ShouldBe(Ok);
        (await joins).ShouldBe(Error, "it joins what waited");
        await test.Engine.WhenIdleAsync();
        (await EngineUnderTest.PollAsync(second)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_fail_of_a_probe_that_waited_does_not_pass_by_what_was_seen_before_it_began()
    {
        await using EngineUnderTest test = new();
        test.Engine.Limit(new(MaxPerHost: 1));
        ScriptedCheck holding = new()
        {
            Name = "holding",
            Host = "mail.test",
            Gate = new(),
        };
        ScriptedCheck target = new()
        {
            Name = "target",
            Host = "mail.test",
            Sees = Fail,
            Gate = new(),
        };
        ScriptedCheck gateway = new() { Name = "gateway", Gate = new() };
        Component first = test.Add(holding);
        Component second = test.Add(new Depends(target, on: gateway));
        await test.StartAsync();
        Task<HealthState> holds = EngineUnderTest.PollAsync(first);
        Task<HealthState> answer = EngineUnderTest.PollAsync(second);

        test.Time.Advance(Second(0.01));
        SpinWait.SpinUntil(() => gateway.Probes == 1, Second(30)).ShouldBeTrue();
        gateway.Gate.SetResult();
        SpinWait.SpinUntil(() => gateway.EndedAt is not null, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(9));
        // The gateway went down before the probe of what is behind it could begin.
        gateway.Sees = Fail;
        holding.Gate.SetResult();
        (await holds).ShouldBe(Ok);
        SpinWait.SpinUntil(() => target.Probes == 1, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(1));
        target.Gate.SetResult();

        (await answer).ShouldBe(Error);
        second.LastKnown().Reason.ShouldBe("what it depends on has no result since; scripted");
        (await EngineUnderTest.PollAsync(second)).ShouldBe(Error, "the gateway is down");
        gateway.Sees = Ok;
        (await EngineUnderTest.PollAsync(second)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_check_that_says_no_end_of_its_time_waits_and_runs_like_any_other()
    {
        await using HealthEngine engine = new(BootTime.Instance);
        using ManualResetEventSlim release = new();
        using ManualResetEventSlim begun = new();
        engine.Limit(new(Max: 1));
        Component first = engine.Add(
            new(
                "first",
                new EndlessCheck(() =>
                {
                    begun.Set();
                    release.Wait();
                })
            )
        );
        Component second = engine.Add(new("second", new EndlessCheck(() => { })));
        engine.Start();

        Task<HealthState> runs = EngineUnderTest.PollAsync(first);
        SpinWait.SpinUntil(() => begun.IsSet || runs.IsCompleted, Second(30)).ShouldBeTrue();
        Task<HealthState> waits = EngineUnderTest.PollAsync(second);
        runs.IsCompleted.ShouldBeFalse(first.LastKnown().Reason);
        waits.IsCompleted.ShouldBeFalse(second.LastKnown().Reason);
        release.Set();

        (await runs, await waits).ShouldBe((Ok, Ok));
    }

    [Fact]
    public async Task The_time_of_code_of_the_users_begins_with_the_call_and_not_while_it_waits_for_a_thread()
    {
        await using EngineUnderTest test = new();
        using ManualResetEventSlim freed = new();
        using ManualResetEventSlim released = new();
        using ManualResetEventSlim begun = new();
        using CountdownEvent all = new(UserCodeThreads.Most);
        Component[] hanging =
        [
            .. Enumerable
                .Range(0, UserCodeThreads.Most)
                .Select(i => test.Add(Blocking(i == 0 ? freed : released, () => all.Signal(), Second(2)))),
        ];
        Component late = test.Add(Blocking(released, begun.Set, Second(10)));
        Component next = test.Add(check);
        await test.StartAsync();
        List<Task<HealthState>> polls = [.. hanging.Select(one => EngineUnderTest.PollAsync(one))];
        all.Wait(TestContext.Current.CancellationToken);
        test.Time.Advance(Second(2));
        test.Engine.Limit(new(Max: 1));

        // It has the only place, and waits for a thread.
        int timers = test.Time.TimerCount;
        polls.Add(EngineUnderTest.PollAsync(late));
        SpinWait.SpinUntil(() => test.Time.TimerCount > timers, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(6));
        freed.Set();
        begun.Wait(TestContext.Current.CancellationToken);
        test.Time.Advance(Second(9));
        Task<HealthState> waits = EngineUnderTest.PollAsync(next);
        (check.Probes, waits.IsCompleted).ShouldBe((0, false), "the call has run for 9 s of its 10");
        test.Time.Advance(Second(1));

        (await waits).ShouldBe(Ok);
        released.Set();
        await Task.WhenAll(polls);
    }

    [Fact]
    public async Task Code_of_the_users_that_never_ends_keeps_no_place()
    {
        await using EngineUnderTest test = new();
        using ManualResetEventSlim release = new();
        using ManualResetEventSlim begun = new();
        test.Engine.Limit(new(Max: 1));
        Component hangs = test.Add(
            new DelegateCheck(
                () =>
                {
                    begun.Set();
                    release.Wait();
                    return true;
                },
                timeout: Second(2)
            )
        );
        Component next = test.Add(check);
        await test.StartAsync();
        Task<HealthState> hanging = EngineUnderTest.PollAsync(hangs);
        begun.Wait(TestContext.Current.CancellationToken);
        Task<HealthState> waits = EngineUnderTest.PollAsync(next);

        test.Time.Advance(Second(1.9));
        waits.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.1));

        (await waits).ShouldBe(Ok);
        release.Set();
        await hanging;
    }

    [Fact]
    public async Task A_reload_of_many_components_opens_no_more_connections_to_one_host_than_that()
    {
        const int Most = 5;
        int open = 0;
        int peak = 0;
        TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FaultServer target = new(
            async (stream, cancel) =>
            {
                int number = Interlocked.Increment(ref open);
                InterlockedMax(ref peak, number);
                await FaultServer.ReadHeadAsync(stream, cancel);
                if (number == 2)
                {
                    second.TrySetResult();
                }

                // The first waits for one beside it.
                await second.Task;
                // Less than are open at this moment, though not before the answer.
                Interlocked.Decrement(ref open);
                await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), cancel);
                FaultServer.Close(stream);
            }
        );
        await using HealthEngine engine = new(BootTime.Instance);
        engine.Limit(new(MaxPerHost: Most));
        engine.Start();

        IReadOnlyList<Component> components = engine.Replace(
            Enumerable
                .Range(0, 300)
                .Select(i => new ComponentDescription(
                    $"component-{i}",
                    new Background(new HttpCheck($"{target.Url}{i}"), Hour(1))
                )),
            Graph.NoNames
        );
        await engine.WhenIdleAsync();

        components.Select(component => component.LastKnown().State).ShouldAllBe(state => state == Ok);
        peak.ShouldBeInRange(2, Most);
    }

    private static DelegateCheck Blocking(ManualResetEventSlim until, Action begun, TimeSpan timeout) =>
        new(
            () =>
            {
                begun();
                until.Wait();
                return true;
            },
            timeout: timeout
        );

    private static void InterlockedMax(ref int peak, int value)
    {
        int seen = Volatile.Read(ref peak);
        while (value > seen && Interlocked.CompareExchange(ref peak, value, seen) is var now && now != seen)
        {
            seen = now;
        }
    }

    /// <summary>A check of the user's that does not say how long it takes at most.</summary>
    private sealed record EndlessCheck(Action Body) : ProbeCheck
    {
        public override TimeSpan LongestTime => TimeSpan.MaxValue;

        public override string Summary => "endless";

        public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
        {
            Body();
            return new(Observation.Ok("ended"));
        }
    }

    /// <summary>A check whose target never answers.</summary>
    private sealed record SilentCheck(TimeSpan Timeout) : ProbeCheck
    {
        private volatile bool hasBegun;

        public bool HasBegun => hasBegun;

        public override TimeSpan LongestTime => Timeout;

        public override string Summary => "silent";

        internal override bool MayBlock => false;

        public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
        {
            using ProbeDeadline deadline = new(Timeout, time, cancellationToken);
            hasBegun = true;
            TaskCompletionSource never = new();
            await never.Task.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Observation.TimedOut($"timed out after {Timeout.TotalSeconds}s");
        }
    }
}
