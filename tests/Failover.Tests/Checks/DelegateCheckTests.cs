using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

public sealed class DelegateCheckTests
{
    private static async Task<Observation> ProbeAsync(DelegateCheck check, TimeProvider? time = null) =>
        await check.ProbeAsync(time ?? TimeProvider.System, TestContext.Current.CancellationToken);

    [Fact]
    public async Task True_is_ok_and_false_is_fail()
    {
        (await ProbeAsync(new DelegateCheck(() => true))).State.ShouldBe(Ok);
        (await ProbeAsync(new DelegateCheck(() => false))).State.ShouldBe(Fail);
        (await ProbeAsync(new DelegateCheck(_ => Task.FromResult(false)))).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task An_observation_is_passed_on()
    {
        Observation seen = Observation.Error("no licence");

        (await ProbeAsync(new DelegateCheck(() => seen))).ShouldBe(seen);
        (await ProbeAsync(new DelegateCheck(_ => Task.FromResult(seen)))).ShouldBe(seen);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, HealthState.Ok)]
    [InlineData(HealthStatus.Degraded, HealthState.Ok)]
    [InlineData(HealthStatus.Unhealthy, HealthState.Fail)]
    public async Task A_health_check_of_ASP_NET_Core_is_a_check(HealthStatus status, HealthState state)
    {
        DelegateCheck check = new(new FixedHealthCheck(status));

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(state);
        seen.HasWarning.ShouldBe(status == HealthStatus.Degraded);
        seen.Reason.ShouldBe("as told");
        check.Summary.ShouldBe("FixedHealthCheck");
    }

    [Fact]
    public async Task A_call_that_stops_when_asked_at_the_deadline_timed_out()
    {
        ManualTime time = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        DelegateCheck check = new(
            async stop =>
            {
                TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
                await using CancellationTokenRegistration _ = stop.Register(() => stopped.TrySetCanceled(stop));
                started.SetResult();
                await stopped.Task;
                return true;
            },
            timeout: Second(2)
        );

        Task<Observation> probe = ProbeAsync(check, time);
        await started.Task;
        time.Advance(Second(2));

        Observation seen = await probe;
        seen.State.ShouldBe(Fail);
        seen.Reason.ShouldBe("timed out after 2s");
        seen.IsTimeout.ShouldBeTrue();
    }

    [Fact]
    public async Task Calls_that_block_their_threads_do_not_delay_others()
    {
        using ManualResetEventSlim release = new();
        await using EngineUnderTest test = new();
        // More than the pool has threads for at once, and one less than such checks may hold.
        for (int i = 1; i < UserCodeThreads.Most; i++)
        {
            test.Add(
                new Background(
                    new DelegateCheck(() =>
                    {
                        release.Wait();
                        return true;
                    }),
                    Minute(1)
                )
            );
        }

        Component component = test.Add(new Background(new ScriptedCheck(), Minute(1)));
        Component onDemand = test.Add(new DelegateCheck(() => true));
        test.Engine.Start();

        SpinWait.SpinUntil(() => component.LastKnown().State == Ok, Second(30)).ShouldBeTrue();
        (await EngineUnderTest.PollAsync(onDemand)).ShouldBe(Ok);
        release.Set();
        await test.Engine.WhenIdleAsync();
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        Should.Throw<ArgumentNullException>(() => new DelegateCheck((Func<bool>)null!)).ParamName.ShouldBe("check");
        Should
            .Throw<ArgumentNullException>(() => new DelegateCheck((Func<Observation>)null!))
            .ParamName.ShouldBe("check");
        Should.Throw<ArgumentNullException>(() => new DelegateCheck((IHealthCheck)null!)).ParamName.ShouldBe("check");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new DelegateCheck(() => true, timeout: TimeSpan.Zero))
            .ParamName.ShouldBe("timeout");
    }

    private sealed class FixedHealthCheck(HealthStatus status) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(new HealthCheckResult(status, "as told"));
    }
}
