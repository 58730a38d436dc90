using static Failover.EngineWithOverrides;

namespace Failover;

/// <summary>What people have a component serve, and for how long.</summary>
public sealed class OverriddenComponentTests
{
    private readonly ScriptedCheck check = new();

    [Theory]
    [InlineData(OverrideKind.Fail, Ok, Fail)]
    [InlineData(OverrideKind.Ok, Fail, Ok)]
    public async Task It_is_served_whatever_the_component_is_judged_to_be(
        OverrideKind kind,
        HealthState judged,
        HealthState served
    )
    {
        await using EngineUnderTest test = new();
        check.Sees = judged;
        Component component = await StartLoopAsync(test, new Hysteresis(check));

        (await SetAsync(test, component, kind)).ShouldBe(OperationOutcome.Done);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(served);
        await test.AdvanceAsync(Second(10));
        Snapshot snapshot = component.LastKnown();
        snapshot.State.ShouldBe(served);
        snapshot.Reason.ShouldContain("by alice: disk is replaced");
        snapshot.WithoutOverride.State.ShouldBe(judged);
    }

    [Fact]
    public async Task Hold_serves_the_state_of_when_it_was_set()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);

        (await SetAsync(test, component, OverrideKind.Hold)).ShouldBe(OperationOutcome.Done);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        component.LastKnown().WithoutOverride.State.ShouldBe(Fail);
    }

    [Fact]
    public async Task Hold_needs_a_state_to_hold()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(check);
        await test.StartAsync();

        OperationResult result = await test.Engine.SetOverrideAsync(component, Request(OverrideKind.Hold));

        result.ShouldBe(new(OperationOutcome.Conflict, "there is no state to hold: nothing has been judged yet"));
    }

    [Fact]
    public async Task It_expires_by_itself()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail, Minute(1));

        await test.AdvanceAsync(Minute(1), Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "its last moment is reached, not exceeded");
        test.Time.Advance(Second(0.001));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        test.Engine.OverridesNow().ShouldBeEmpty();
        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.Expired]);
    }

    [Fact]
    public async Task A_reader_sees_it_expire_although_the_timer_is_late()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail, Second(5));
        Snapshot served = component.LastKnown();

        served.ReadAt(served.FreshUntil).State.ShouldBe(Fail);
        served.ReadAt(served.FreshUntil + TimeSpan.FromTicks(1)).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task It_is_announced_before_a_fail_follows()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Component component = await StartLoopAsync(test, new Hysteresis(check));
        await SetAsync(test, component, OverrideKind.Ok, Hour(1));

        await test.AdvanceAsync(Minute(49), Minute(1));
        (await Steps(test)).ShouldBe([OverrideStep.Set]);
        await test.AdvanceAsync(Minute(1));

        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.ExpiresSoon]);
        await test.AdvanceAsync(Minute(9), Minute(1));
        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.ExpiresSoon], "once");
    }

    [Fact]
    public async Task It_is_not_announced_where_the_component_is_ok_without_it()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Ok, Hour(1));

        await test.AdvanceAsync(Minute(59), Minute(1));

        (await Steps(test)).ShouldBe([OverrideStep.Set]);
    }

    [Fact]
    public async Task It_is_announced_when_the_component_fails_shortly_before()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Ok, Hour(1));
        await test.AdvanceAsync(Minute(55), Minute(1));

        check.Sees = Fail;
        await test.AdvanceAsync(Minute(1));

        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.ExpiresSoon]);
    }

    [Fact]
    public async Task It_can_be_cleared()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail);

        (await ClearAsync(test, component)).ShouldBe(OperationOutcome.Done);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        (await ClearAsync(test, component)).ShouldBe(OperationOutcome.Conflict);
    }

    [Fact]
    public async Task One_that_is_cleared_is_not_served_although_nothing_has_been_judged()
    {
        await using EngineUnderTest test = new();
        check.Gate = new();
        Component component = test.Add(check);
        test.Engine.Start();
        await SetAsync(test, component, OverrideKind.Ok);

        await ClearAsync(test, component);

        component.LastKnown().IsKnown.ShouldBeFalse();
        check.Gate.SetResult();
    }

    [Fact]
    public async Task What_is_beneath_grows_too_old()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail);
        await test.AdvanceAsync(Minute(1), Second(10));
        check.Gate = new();

        test.Time.Advance(Minute(5));

        component.LastKnown().WithoutOverride.State.ShouldBe(Error);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task Another_one_takes_its_place()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail, Minute(1));
        await SetAsync(test, component, OverrideKind.Fail, Hour(1));

        await test.AdvanceAsync(Minute(2), Second(10));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.Cleared, OverrideStep.Set]);
    }

    [Fact]
    public async Task Of_an_on_demand_component_it_is_served_without_a_wait_for_the_probe()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(check);
        await test.StartAsync();
        await EngineUnderTest.PollAsync(component);
        await SetAsync(test, component, OverrideKind.Fail);
        check.Gate = new();

        Task<HealthState> poll = EngineUnderTest.PollAsync(component);

        poll.IsCompleted.ShouldBeTrue();
        (await poll).ShouldBe(Fail);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_component_that_refers_to_the_same_task_knows_nothing_of_it()
    {
        await using EngineUnderTest test = new();
        Background shared = new(check, Second(10));
        Component one = test.Add(shared);
        Component other = test.Add(new All([shared]));
        await test.StartAsync();

        await SetAsync(test, one, OverrideKind.Fail);

        (await EngineUnderTest.PollAsync(one)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Ok);
    }
}
