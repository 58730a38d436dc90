using static Failover.EngineWithOverrides;

namespace Failover;

/// <summary>How an override comes into force, what it is fenced by, and what it outlives.</summary>
public sealed class OverrideCommitTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

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
}
