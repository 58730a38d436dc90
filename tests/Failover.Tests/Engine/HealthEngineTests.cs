namespace Failover;

/// <summary>Fires, latches and what starts afresh, on a running engine.</summary>
public sealed class HealthEngineTests
{
    [Fact]
    public async Task A_latch_on_demand_fails_over_at_the_tenth_failure_and_back_by_a_fire()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new();
        Component component = test.Add(
            new Toggle(toFail: new Hysteresis(check, failAfter: Count(10)), toOk: reset),
            onPost: reset
        );
        await test.StartAsync();

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset, "the toggle is ok");
        (await EngineUnderTest.PollAsync(component, 11)).ShouldBe("OOOOOOOOOFF");

        check.Sees = Ok;
        (await EngineUnderTest.PollAsync(component, 3)).ShouldBe("FFF", "latched");
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset, "it has been reset");

        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(component, 11)).ShouldBe("OOOOOOOOOFF", "the full threshold again");
    }

    [Fact]
    public async Task A_latch_in_the_background_fails_back_at_once_and_needs_the_full_threshold_again()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new();
        Component component = test.Add(
            new Toggle(toFail: new Background(new Hysteresis(check, failAfter: Count(3)), Second(10)), toOk: reset),
            onPost: reset
        );
        await test.StartAsync();
        await test.AdvanceAsync(Second(20), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "without waiting for the loop");

        await test.AdvanceAsync(Second(20), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "two of three");
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_latch_inside_a_background_fails_back_at_once()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new();
        Component component = test.Add(
            new Background(new Toggle(toFail: check, toOk: reset), Minute(3)),
            onPost: reset
        );
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Of_many_fires_at_once_one_arms()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        ScriptedCheck check = new() { Sees = Fail };
        Component component = test.Add(new Toggle(toFail: check, toOk: reset), onPost: reset);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        OperationOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => Task.Run(() => test.FireAsync(component)))
        );

        outcomes.Count(outcome => outcome == OperationOutcome.Armed).ShouldBe(1);
    }

    [Fact]
    public async Task One_fire_ends_all_latches_of_the_component_that_wait_for_the_oneshot()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new();
        Toggle inner = new(toFail: check, toOk: reset);
        Component component = test.Add(new Toggle(toFail: inner, toOk: reset), onPost: reset);
        Component other = test.Add(new Toggle(toFail: check, toOk: reset), onPost: reset);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Fail);
        check.Sees = Ok;

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Fail, "the fire belongs to the component that was POSTed");
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset);
        (await test.FireAsync(other)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_fire_for_one_failure_never_clears_a_later_one()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck slow = new() { Sees = Fail };
        ScriptedCheck target = new() { Sees = Fail };
        Oneshot reset = new();
        Toggle inner = new(toFail: slow, toOk: reset);
        Component component = test.Add(new Toggle(toFail: target, toOk: inner), onPost: reset);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "the inner one moves to fail");

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "failing again at once");

        (await test.FireAsync(component)).ShouldBe(
            OperationOutcome.NothingToReset,
            "the outer toggle is back in ok and has failed anew"
        );
    }

    [Fact]
    public async Task A_oneshot_that_makes_a_toggle_fail_cannot_be_fired()
    {
        await using EngineUnderTest test = new();
        Oneshot toFail = new(defaultState: Ok);
        Oneshot toOk = new();
        Component component = test.Add(new Toggle(toFail, toOk), onPost: toFail);
        await test.StartAsync();

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Changes_are_reported_with_their_reason()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Component component = test.Add(new Background(check, Second(10), initialState: Ok));
        await test.StartAsync();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        (await test.EventsAsync()).ShouldBe([new StateChange(component.Name, Ok, Fail, "scripted")]);
    }

    [Fact]
    public async Task The_wall_clock_changes_nothing()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Component component = test.Add(new Hysteresis(new Background(check, Second(10)), failAfter: Minute(1)));
        await test.StartAsync();

        await test.AdvanceAsync(Second(30), step: Second(10));
        test.Time.WallClock += TimeSpan.FromDays(3650);
        await test.AdvanceAsync(Second(20), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "50 s of contrary evidence");

        test.Time.WallClock -= TimeSpan.FromDays(7300);
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_toggle_that_begins_in_fail_needs_the_full_threshold_to_leave_it()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck down = new() { Sees = Error };
        Component component = test.Add(
            new Toggle(toFail: new ScriptedCheck(), toOk: new Hysteresis(down, okAfter: Count(3)), initialState: Fail)
        );
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(component, 2)).ShouldBe("FF", "the hysteresis begins where the toggle stands");
        down.Sees = Ok;
        (await EngineUnderTest.PollAsync(component, 3)).ShouldBe("FFO");
    }

    [Fact]
    public async Task The_first_probe_of_a_check_alone_is_no_change()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Component component = test.Add(check);
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        (await test.EventsAsync()).ShouldBeEmpty("nothing was served before");

        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await test.EventsAsync()).ShouldBe([new StateChange(component.Name, Ok, Fail, "scripted")]);
    }
}
