using static Failover.EngineWithOverrides;

namespace Failover;

/// <summary>Which override hides a latch, and which yields to it.</summary>
public sealed class HiddenLatchTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Fact]
    public async Task An_ok_that_would_hide_a_latch_takes_the_right_to_reset_it()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLatchedAsync(test);

        (await SetAsync(test, component, OverrideKind.Ok)).ShouldBe(OperationOutcome.Latched);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        OperationResult allowed = await test.Engine.SetOverrideAsync(
            component,
            Request(OverrideKind.Ok) with
            {
                MayHideLatch = true,
            }
        );
        allowed.Outcome.ShouldBe(OperationOutcome.Done);
        Snapshot snapshot = component.LastKnown();
        snapshot.State.ShouldBe(Ok);
        snapshot.IsLatched.ShouldBeTrue("it hides the latch, and does not end it");
        snapshot.CanReset.ShouldBeTrue();
    }

    [Fact]
    public async Task Hold_never_turns_a_hidden_latch_into_an_ok()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLatchedAsync(test);
        await test.Engine.SetOverrideAsync(component, Request(OverrideKind.Ok) with { MayHideLatch = true });

        (await SetAsync(test, component, OverrideKind.Hold)).ShouldBe(OperationOutcome.Done);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_latch_is_back_when_the_override_that_hides_it_expires()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLatchedAsync(test);
        await test.Engine.SetOverrideAsync(component, Request(OverrideKind.Ok, Minute(1)) with { MayHideLatch = true });

        await test.AdvanceAsync(Minute(2), Second(10));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        component.LastKnown().IsLatched.ShouldBeTrue();
    }

    [Fact]
    public async Task A_reset_works_below_it()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLatchedAsync(test);
        await test.Engine.SetOverrideAsync(component, Request(OverrideKind.Fail));
        check.Sees = Ok;

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);

        component.LastKnown().State.ShouldBe(Fail);
        component.LastKnown().IsLatched.ShouldBeFalse();
    }

    [Theory]
    [InlineData(OverrideKind.Ok)]
    [InlineData(OverrideKind.Hold)]
    public async Task It_yields_to_a_latch_that_begins_later(OverrideKind kind)
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        await SetAsync(test, component, kind);

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await Steps(test)).ShouldBe([OverrideStep.Set, OverrideStep.EndedByLatch]);
        store.Written.SelectMany(write => write.ForgottenOverrides).ShouldBe([store.Committed[0].Overrides[0].Id]);
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_forced_fail_outlives_a_latch()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        await SetAsync(test, component, OverrideKind.Fail);

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        check.Sees = Ok;
        await test.FireAsync(component);

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        test.Engine.OverridesNow().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_latch_that_begins_while_an_ok_is_being_stored_is_not_hidden()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        await test.AdvanceAsync(Second(9));
        store.Holds = true;
        Task<OperationResult> setting = test.Engine.SetOverrideAsync(component, Request(OverrideKind.Ok));

        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        store.Holds = false;
        store.StoreAll();

        (await setting).Outcome.ShouldBe(OperationOutcome.Outdated);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        test.Engine.OverridesNow().ShouldBeEmpty();
        store.Load().Overrides.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<Component> StartLatchedAsync(EngineUnderTest test)
    {
        check.Sees = Fail;
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        component.LastKnown().IsLatched.ShouldBeTrue();
        return component;
    }
}
