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
        await using FaultServer target = new(
            async (stream, cancel) =>
            {
                InterlockedMax(ref peak, Interlocked.Increment(ref open));
                await FaultServer.ReadHeadAsync(stream, cancel);
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

    private static void InterlockedMax(ref int peak, int value)
    {
        int seen = Volatile.Read(ref peak);
        while (value > seen && Interlocked.CompareExchange(ref peak, value, seen) is var now && now != seen)
        {
            seen = now;
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
