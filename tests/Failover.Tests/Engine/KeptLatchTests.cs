namespace Failover;

/// <summary>A component with an authorised latch fails until that is reset, whatever its description becomes and whatever is known of
/// its nodes after a restart.</summary>
public sealed class KeptLatchTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    private Toggle Latch => new(check, reset);

    [Fact]
    public Task Wrapped_in_a_hysteresis() => StaysUntilItIsResetAsync(new Hysteresis(Latch, failAfter: Count(3)));

    [Fact]
    public Task Wrapped_in_a_background() => StaysUntilItIsResetAsync(new Background(Latch, Hour(1)));

    [Fact]
    public Task Wrapped_in_both() =>
        StaysUntilItIsResetAsync(new Background(new Hysteresis(Latch, failAfter: Count(3)), Hour(1)));

    [Fact]
    public Task Wrapped_in_a_toggle_that_leads_back_by_evidence() =>
        StaysUntilItIsResetAsync(new Toggle(toFail: Latch, toOk: new ScriptedCheck { Name = "healthy" }));

    [Fact]
    public Task Moved_to_where_it_no_longer_makes_the_component_fail() =>
        StaysUntilItIsResetAsync(
            new Hysteresis(new Toggle(toFail: new ScriptedCheck { Name = "healthy" }, toOk: Latch))
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarted_after_the_age_up_to_which_states_are_resumed(bool isInBackground)
    {
        HealthTask task = isInBackground ? new Background(Latch, Hour(1)) : new Hysteresis(Latch, failAfter: Count(3));
        DateTimeOffset end;
        await using (EngineUnderTest first = new(store))
        {
            first.ReplaceMail(task, reset);
            await first.StartAsync();
            (await first.PollMailAsync()).ShouldBe("F");
            end = first.Time.GetUtcNow();
        }

        check.Sees = Ok;
        check.Gate = new TaskCompletionSource();
        await using EngineUnderTest second = new(store);
        second.Time.WallClock = end + Day(365);
        second.ReplaceMail(task, reset);
        second.Engine.Start();
        second.Of("mail").LastKnown().State.ShouldBe(Fail, "before anything is probed");
        check.Gate.SetResult();
        await second.Engine.WhenIdleAsync();
        await StaysUntilItIsResetAsync(second);
    }

    [Fact]
    public async Task Restarted_with_another_description_after_that_age()
    {
        DateTimeOffset end;
        await using (EngineUnderTest first = await LatchedAsync())
        {
            end = first.Time.GetUtcNow();
        }

        check.Sees = Ok;
        await using EngineUnderTest second = new(store);
        second.Time.WallClock = end + Day(365);
        second.ReplaceMail(new Hysteresis(Latch, failAfter: Count(3)), reset);
        await second.StartAsync();
        await StaysUntilItIsResetAsync(second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Started_where_the_state_is_lost(bool isInBackground)
    {
        await using ScriptedStore lost = new() { Loss = "the file was corrupt" };
        check.Sees = Ok;
        await using EngineUnderTest test = new(lost);
        test.ReplaceMail(
            isInBackground ? new Background(Latch, Hour(1)) : new Hysteresis(Latch, failAfter: Count(3)),
            reset
        );
        await test.StartAsync();

        test.Of("mail").LastKnown().Reason.ShouldContain("state unknown: the file was corrupt");
        await StaysUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task With_a_check_as_the_way_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        check.Sees = Ok;
        test.ReplaceMail(new Toggle(check, new ScriptedCheck { Name = "healthy" }));

        (await test.PollMailAsync(3)).ShouldBe("FFF");
        test.Of("mail").LastKnown().Reason.ShouldStartWith("latched by a toggle that can no longer be reset: ");
        test.Of("mail").LastKnown().CanReset.ShouldBeFalse();

        test.ReplaceMail(Latch, reset);
        await StaysUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task With_a_oneshot_that_is_ok_by_default_as_the_way_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        check.Sees = Ok;
        Oneshot other = new(defaultState: Ok);
        test.ReplaceMail(new Toggle(check, other), other);
        await StaysUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task With_a_toggle_as_the_way_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        check.Sees = Ok;
        ScriptedCheck other = new() { Name = "other" };
        test.ReplaceMail(new Toggle(check, new Toggle(toFail: other, toOk: reset)), reset);
        (await test.PollMailAsync(3)).ShouldBe("FFF");

        other.Sees = Fail;
        (await test.PollMailAsync()).ShouldBe("F");
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed, "an authorised fire that leads back");
        (await test.PollMailAsync()).ShouldBe("O");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<EngineUnderTest> LatchedAsync()
    {
        EngineUnderTest test = new(store);
        test.ReplaceMail(Latch, reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        return test;
    }

    private async Task StaysUntilItIsResetAsync(HealthTask edited)
    {
        await using EngineUnderTest test = await LatchedAsync();
        check.Sees = Ok;
        test.ReplaceMail(edited, reset);
        test.Of("mail").LastKnown().State.ShouldBe(Fail, "at once");
        await test.Engine.WhenIdleAsync();
        await StaysUntilItIsResetAsync(test);
    }

    private static async Task StaysUntilItIsResetAsync(EngineUnderTest test)
    {
        (await test.PollMailAsync(5)).ShouldBe("FFFFF");
        test.Of("mail").LastKnown().CanReset.ShouldBeTrue();
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        await test.Engine.WhenIdleAsync();
        (await test.PollMailAsync(5)).ShouldEndWith("OOO");
        (await test.EventsAsync()).OfType<StateChange>().Count(change => change.To == Ok).ShouldBe(1);
    }
}
