namespace Failover;

/// <summary>What is shown while what was decided is on its way to the store.</summary>
public sealed class JournalTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Fact]
    public async Task A_move_to_fail_is_shown_when_it_is_stored()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.IsQuick = false;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        component.Root.Newest.State.ShouldBe(Fail, "it is decided");
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "and not stored");

        store.StoreNext();
        await UntilAsync(component, Fail);
        store.Written[^1].Nodes.ShouldContain(node => node.Key == "/component-0#" && node.State == "fail");
        store.Written[^1].Latches.ShouldHaveSingleItem().Component.ShouldBe("component-0");
        store.Written[^1].Transitions.ShouldHaveSingleItem().To.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_move_to_fail_that_is_not_stored_is_shown_after_250_ms_all_the_same()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.IsQuick = false;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        test.Time.Advance(Second(0.249));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        test.Time.Advance(Second(0.001));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_request_that_moves_to_fail_waits_for_it_to_be_stored_and_no_longer_than_250_ms()
    {
        await using EngineUnderTest test = new(store);
        Component component = test.Add(new Hysteresis(check));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        store.IsQuick = false;

        check.Sees = Fail;
        Task<HealthState> poll = EngineUnderTest.PollAsync(component);
        await test.Engine.WhenIdleAsync();
        poll.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Gate.FailPatience);
        (await poll).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_reset_is_answered_and_shown_when_it_is_stored()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<FireOutcome> fire = test.Engine.FireAsync(reset, new PostAudit("component-0", "alice", "::1", "Armed"));
        fire.IsCompleted.ShouldBeFalse();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "not stored yet");

        store.StoreNext();
        (await fire).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        StateWrite write = store.Written[^1];
        write.MayFail.ShouldBeTrue();
        write.Releases.ShouldBe([new LatchPlace("component-0", "")]);
        write.Posts.ShouldHaveSingleItem().User.ShouldBe("alice");
    }

    [Fact]
    public async Task A_reset_that_cannot_be_stored_is_none_and_the_next_one_counts()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<FireOutcome> fire = test.Engine.FireAsync(reset);
        store.FailNext();
        (await fire).ShouldBe(FireOutcome.NotStored);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        await test.AdvanceAsync(Second(60), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "nothing is armed");

        store.IsQuick = true;
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_reset_that_hangs_is_given_up_after_5_s_and_what_is_stored_late_is_put_right()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<FireOutcome> fire = test.Engine.FireAsync(reset);
        test.Time.Advance(Second(4.99));
        fire.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.01));
        (await fire).ShouldBe(FireOutcome.NotStored);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        while (store.Waiting > 0)
        {
            store.StoreNext();
        }

        SpinWait.SpinUntil(() => store.Waiting > 0, Second(30)).ShouldBeTrue("the late one is noticed");
        store.StoreNext();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.Load().Latches.ShouldHaveSingleItem().Component.ShouldBe("component-0");
        store.Load().Nodes.Single(node => node.Key == "/component-0#").State.ShouldBe("fail");
    }

    [Fact]
    public async Task A_fail_back_by_itself_waits_for_the_store_too_and_is_tried_again()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new() { Sees = Fail };
        Component component = test.Add(new Background(new Toggle(toFail: check, toOk: other), Second(10)));
        check.Sees = Fail;
        await test.StartAsync();
        await UntilAsync(component, Fail);
        store.IsQuick = false;

        other.Sees = Ok;
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.FailNext();
        SpinWait.SpinUntil(() => component.Root.Newest.State == Fail, Second(30)).ShouldBeTrue("it is undone");

        store.IsQuick = true;
        while (store.Waiting > 0)
        {
            store.StoreNext();
        }

        await test.AdvanceAsync(Second(10));
        await UntilAsync(component, Ok);
    }

    [Fact]
    public async Task What_was_decided_on_the_strength_of_a_write_that_failed_falls_with_it()
    {
        await using EngineUnderTest test = new(store);
        Component component = test.Add(
            new Toggle(toFail: check, toOk: new Hysteresis(reset, initialState: Fail)),
            name: "on-demand"
        );
        check.Sees = Fail;
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.IsQuick = false;

        Task<FireOutcome> first = test.Engine.FireAsync(reset);
        check.Sees = Ok;
        Task<HealthState> poll = EngineUnderTest.PollAsync(component);
        await test.Engine.WhenIdleAsync();
        store.FailNext();
        (await first).ShouldBe(FireOutcome.NotStored);
        test.Time.Advance(Gate.FailPatience);
        (await poll).ShouldBe(Fail);

        store.IsQuick = true;
        while (store.Waiting > 0)
        {
            store.StoreNext();
        }

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.Load().Latches.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_store_that_hangs_holds_up_nobody_who_reads()
    {
        await using EngineUnderTest test = new(store);
        Component latched = await StartLatchedAsync(test);
        Task<FireOutcome> fire = test.Engine.FireAsync(reset);

        for (int i = 0; i < 1000; i++)
        {
            ValueTask<Observation> answer = latched.AnswerAsync();
            answer.IsCompletedSuccessfully.ShouldBeTrue();
            (await answer).State.ShouldBe(Fail);
        }

        fire.IsCompleted.ShouldBeFalse();
        store.StoreNext();
        (await fire).ShouldBe(FireOutcome.Armed);
    }

    [Fact]
    public async Task What_was_shown_before_does_not_take_the_place_of_what_waits()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new() { Sees = Fail };
        Component component = test.Add(new Hysteresis(new Toggle(toFail: check, toOk: other), okAfter: Count(2)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        store.IsQuick = false;

        check.Sees = Fail;
        Task<HealthState> first = EngineUnderTest.PollAsync(component);
        await test.Engine.WhenIdleAsync();
        other.Sees = Ok;
        Task<HealthState> second = EngineUnderTest.PollAsync(component);
        await test.Engine.WhenIdleAsync();
        while (store.Waiting > 0)
        {
            store.StoreNext();
        }

        (await first, await second).ShouldBe((Fail, Fail));
        store.Written.SelectMany(write => write.Transitions).Select(moved => moved.To).ShouldBe([Fail]);
    }

    [Fact]
    public async Task A_move_to_fail_does_not_wait_for_a_reset_that_hangs()
    {
        await using EngineUnderTest test = new(store);
        Toggle latch = new(toFail: new Background(check, Second(1)), toOk: reset);
        Component component = test.Add(new Hysteresis(latch, failAfter: Count(2)));
        await test.StartAsync();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "one of two");
        store.IsQuick = false;

        Task<FireOutcome> fire = test.Engine.FireAsync(reset);
        await test.AdvanceAsync(Second(2), step: Second(1));
        component.Root.Newest.State.ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "not stored yet");
        test.Time.Advance(Gate.FailPatience);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        fire.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Gate.StorePatience);
        (await fire).ShouldBe(FireOutcome.NotStored);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_store_that_hangs_for_hours_while_components_flap_takes_no_more_memory_than_a_bound()
    {
        await using EngineUnderTest test = new(store);
        Component[] components =
        [
            .. Enumerable.Range(0, 100).Select(_ => test.Add(new Background(new Hysteresis(check), Second(1)))),
        ];
        await test.StartAsync();
        store.IsQuick = false;

        for (int i = 0; i < 102; i++)
        {
            check.Sees = Fail;
            await test.AdvanceAsync(Second(1));
            check.Sees = Ok;
            await test.AdvanceAsync(Second(1));
        }

        test.Engine.WritesBehind.ShouldBe(10_000);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        (await EngineUnderTest.PollAsync(components[0])).ShouldBe(Fail, "nobody waits for it any more");
    }

    [Fact]
    public async Task A_reset_that_is_stored_late_has_nothing_stored_that_waits_for_the_next_one()
    {
        await using EngineUnderTest test = new(store);
        await StartLatchedAsync(test);
        int before = store.Written.Count;
        Task<FireOutcome> first = test.Engine.FireAsync(reset);
        test.Time.Advance(Gate.StorePatience);
        (await first).ShouldBe(FireOutcome.NotStored);

        Task<FireOutcome> second = test.Engine.FireAsync(reset);
        store.StoreNext();
        SpinWait.SpinUntil(() => test.Engine.WritesBehind == 1, Second(30)).ShouldBeTrue("the late one is noticed");
        store.StoreNext();
        store.FailNext();
        (await second).ShouldBe(FireOutcome.NotStored);
        while (store.Waiting > 0)
        {
            store.StoreNext();
        }

        store
            .Written.Skip(before)
            .Where(write => !write.MayFail)
            .SelectMany(write => write.Nodes)
            .Where(node => node.Key == "/component-0#")
            .ShouldAllBe(node => node.State == "fail");
    }

    [Fact]
    public async Task A_look_that_is_under_way_does_not_rest_on_a_release_that_was_undone()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new() { Sees = Fail };
        HealthTask task = new Toggle(toFail: check, toOk: other);
        // Deep, so that it is undone while the look is still on its way up.
        for (int i = 0; i < 200; i++)
        {
            task = new Hysteresis(task);
        }

        Component component = test.Add(task);
        check.Sees = Fail;
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.RefusesWhatMayFail = true;

        other.Sees = Ok;
        for (int i = 0; i < 100; i++)
        {
            (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        }
    }

    [Fact]
    public async Task An_engine_ends_although_its_store_hangs()
    {
        EngineUnderTest test = new(store);
        await StartLatchedAsync(test);
        Task<FireOutcome> fire = test.Engine.FireAsync(reset);

        store.HangsAtEnd = true;
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        await test.DisposeAsync().AsTask().WaitAsync(Second(30), TimeProvider.System, cancelled);
        (await fire).ShouldBe(FireOutcome.NotStored);
    }

    [Fact]
    public async Task A_store_that_throws_against_its_contract_loses_no_look_and_no_latch()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.Throws = new InvalidOperationException("a bug");

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        await test.AdvanceAsync(Gate.FailPatience);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.NotStored);

        check.Sees = Ok;
        await test.AdvanceAsync(Second(100), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "nobody was known to have reset it");
        store.Throws = null;
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        await UntilAsync(component, Ok);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<Component> StartLoopAsync(EngineUnderTest test)
    {
        Component component = test.Add(new Toggle(toFail: new Background(check, Second(10)), toOk: reset));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        return component;
    }

    private async Task<Component> StartLatchedAsync(EngineUnderTest test)
    {
        Component component = await StartLoopAsync(test);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        await UntilAsync(component, Fail);
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        store.IsQuick = false;
        return component;
    }

    private static async Task UntilAsync(Component component, HealthState state)
    {
        SpinWait.SpinUntil(() => component.Served.State == state, Second(30)).ShouldBeTrue();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(state);
    }
}
