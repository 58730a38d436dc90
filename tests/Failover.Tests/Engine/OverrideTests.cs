namespace Failover;

/// <summary>What people have a component serve, for how long, and what ends it.</summary>
public sealed class OverrideTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

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

    [Fact]
    public async Task It_is_in_force_when_it_is_committed()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test, check);
        store.Holds = true;

        Task<OperationResult> setting = test.Engine.SetOverrideAsync(component, Request(OverrideKind.Fail));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        (await SetAsync(test, component, OverrideKind.Ok)).ShouldBe(OperationOutcome.Conflict, "one at a time");
        setting.IsCompleted.ShouldBeFalse();
        store.StoreNext();

        (await setting).Outcome.ShouldBe(OperationOutcome.Done);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task One_that_is_stored_too_late_is_not_in_force_and_is_taken_out_of_the_store()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test, check);
        store.Holds = true;
        Task<OperationResult> setting = test.Engine.SetOverrideAsync(component, Request(OverrideKind.Fail));
        test.Time.Advance(Second(5));
        (await setting).Outcome.ShouldBe(OperationOutcome.NotStored);

        store.Holds = false;
        store.StoreAll();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        store.Written.SelectMany(write => write.ForgottenOverrides).ShouldBe([store.Committed[0].Overrides[0].Id]);
    }

    [Fact]
    public async Task Whoever_has_seen_another_state_changes_nothing()
    {
        await using EngineUnderTest test = new();
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        string seen = test.Engine.EpochOf(component.Name);
        await test.AdvanceAsync(Second(30), Second(10));
        test.Engine.EpochOf(component.Name).ShouldBe(seen, "more of the same is no other state");

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        OperationResult set = await test.Engine.SetOverrideAsync(
            component,
            Request(OverrideKind.Fail) with
            {
                Epoch = seen,
            }
        );
        set.Outcome.ShouldBe(OperationOutcome.Outdated);
        (await test.Engine.FireAsync(component, audit: null, seen)).Outcome.ShouldBe(OperationOutcome.Outdated);
        string failed = test.Engine.EpochOf(component.Name);
        check.Sees = Ok;
        (await test.Engine.FireAsync(component, audit: null, failed)).Outcome.ShouldBe(OperationOutcome.Armed);
        test.Engine.EpochOf(component.Name).ShouldNotBe(failed);
    }

    [Fact]
    public async Task A_reload_keeps_it_and_carries_over_what_is_beneath()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        await SetAsync(test, component, OverrideKind.Fail);
        ScriptedCheck other = new() { Gate = new(), Name = "other" };

        test.Engine.Replace([new("mail", new Background(other, Second(10)))], Graph.NoNames);

        (await test.PollMailAsync()).ShouldBe("F");
        Snapshot beneath = test.Of("mail").LastKnown().WithoutOverride;
        beneath.State.ShouldBe(Ok);
        beneath.IsCarriedOver.ShouldBeTrue();
        await test.Engine.ClearOverrideAsync("mail", epoch: null, Audit());
        (await test.PollMailAsync()).ShouldBe("O");
        other.Gate.SetResult();
    }

    [Fact]
    public async Task A_component_that_is_removed_and_comes_back_still_has_it()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        await SetAsync(test, component, OverrideKind.Fail);

        test.Replace(("web", new Background(new ScriptedCheck(), Second(10))));
        test.Replace(("mail", new Background(check, Second(10))));

        (await test.PollMailAsync()).ShouldBe("F");
    }

    [Fact]
    public async Task The_audit_says_who_set_it_and_how_it_ended()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test, check);
        await SetAsync(test, component, OverrideKind.Fail, Minute(1));
        await test.AdvanceAsync(Minute(2), Second(10));

        store.Committed.ShouldHaveSingleItem().Post.ShouldNotBeNull().User.ShouldBe("alice");
        StoredPost ended = store.Written.SelectMany(write => write.Posts).ShouldHaveSingleItem();
        ended.Outcome.ShouldBe("override expired: fail by alice: disk is replaced");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static PostAudit Audit(string outcome = "override") => new("component-0", "alice", "192.0.2.9", outcome);

    private static OverrideRequest Request(OverrideKind kind, TimeSpan? lasts = null) =>
        new(kind, "disk is replaced", lasts ?? Hour(1), Audit());

    private static async Task<OperationOutcome> SetAsync(
        EngineUnderTest test,
        Component component,
        OverrideKind kind,
        TimeSpan? lasts = null
    ) => (await test.Engine.SetOverrideAsync(component, Request(kind, lasts))).Outcome;

    private static async Task<OperationOutcome> ClearAsync(EngineUnderTest test, Component component) =>
        (await test.Engine.ClearOverrideAsync(component.Name, epoch: null, Audit())).Outcome;

    private static async Task<OverrideStep[]> Steps(EngineUnderTest test) =>
        [.. (await test.EventsAsync()).OfType<OverrideChange>().Select(change => change.Step)];

    private async Task<Component> StartLatchedAsync(EngineUnderTest test)
    {
        check.Sees = Fail;
        Component component = await StartLoopAsync(test, new Toggle(check, reset), reset);
        component.LastKnown().IsLatched.ShouldBeTrue();
        return component;
    }

    private static async Task<Component> StartLoopAsync(EngineUnderTest test, HealthTask task, Oneshot? onPost = null)
    {
        HealthTask looped = task switch
        {
            Toggle toggle => new Toggle(new Background(toggle.ToFail, Second(10)), toggle.ToOk),
            _ => new Background(task, Second(10)),
        };
        Component component = test.Add(looped, onPost: onPost);
        await test.StartAsync();
        return component;
    }
}
