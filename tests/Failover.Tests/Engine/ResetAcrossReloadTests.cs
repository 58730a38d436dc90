namespace Failover;

/// <summary>A reset that is being committed while descriptions change, and one that is refused.</summary>
public sealed class ResetAcrossReloadTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task It_is_committed_although_another_component_is_added()
    {
        await using EngineUnderTest test = await LatchedAsync();
        Task<OperationOutcome> fire = test.FireMailAsync();

        test.Engine.Replace(
            [new("mail", new Toggle(check, reset), reset.Fire), new("web", new ScriptedCheck())],
            Graph.NoNames
        );
        store.StoreAll();

        (await fire).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
        await ShouldBeOkAfterARestartAsync(new Toggle(check, reset));
    }

    [Fact]
    public async Task It_is_committed_although_its_own_description_changes()
    {
        await using EngineUnderTest test = await LatchedAsync();
        Task<OperationOutcome> fire = test.FireMailAsync();

        Toggle edited = new(new Hysteresis(check, failAfter: Count(4)), reset);
        test.ReplaceMail(edited, reset);
        (await test.PollMailAsync()).ShouldBe("F");
        store.StoreAll();

        (await fire).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
        store.StoreAll();
        await ShouldBeOkAfterARestartAsync(edited);
    }

    [Fact]
    public async Task It_is_committed_although_its_toggle_moves()
    {
        await using EngineUnderTest test = await LatchedAsync();
        Task<OperationOutcome> fire = test.FireMailAsync();

        Hysteresis edited = new(new Toggle(check, reset), failAfter: Count(4));
        test.ReplaceMail(edited, reset);
        store.StoreAll();

        (await fire).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
        store.StoreAll();
        await ShouldBeOkAfterARestartAsync(edited);
    }

    [Fact]
    public async Task One_that_is_refused_after_its_toggle_has_moved_leaves_the_latch_where_it_is_now()
    {
        await using EngineUnderTest test = await LatchedAsync();
        Task<OperationOutcome> fire = test.FireMailAsync();

        test.ReplaceMail(new Hysteresis(new Toggle(check, reset), failAfter: Count(4)), reset);
        store.RefuseNext();
        (await fire).ShouldBe(OperationOutcome.NotStored);
        store.StoreAll();

        (await test.PollMailAsync()).ShouldBe("F");
        store.StoredLatches().ShouldHaveSingleItem().Key.ShouldBe("/mail#task");
        store.Holds = false;
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task One_that_is_refused_does_not_change_since_when_it_fails()
    {
        await using EngineUnderTest test = await LatchedAsync();
        Snapshot before = test.Of("mail").LastKnown();
        StoredLatch stored = store.StoredLatches().Single();
        int events = (await test.EventsAsync()).Count;
        test.Time.Advance(Minute(5));

        Task<OperationOutcome> fire = test.FireMailAsync();
        store.RefuseNext();
        (await fire).ShouldBe(OperationOutcome.NotStored);
        store.StoreAll();
        (await test.PollMailAsync()).ShouldBe("F");

        test.Of("mail").LastKnown().Since.ShouldBe(before.Since);
        store.StoredLatches().ShouldBe([stored]);
        (await test.EventsAsync()).Count.ShouldBe(events);
    }

    [Fact]
    public async Task While_it_is_being_committed_there_is_nothing_to_reset()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Of("mail").LastKnown().CanReset.ShouldBeTrue();

        Task<OperationOutcome> fire = test.FireMailAsync();
        test.Of("mail").LastKnown().CanReset.ShouldBeFalse();
        store.RefuseNext();
        (await fire).ShouldBe(OperationOutcome.NotStored);

        test.Of("mail").LastKnown().CanReset.ShouldBeTrue();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    // Latched and stored, the target is up again, and the store holds what comes.
    private async Task<EngineUnderTest> LatchedAsync()
    {
        EngineUnderTest test = new(store);
        test.ReplaceMail(new Toggle(check, reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        check.Sees = Ok;
        store.Holds = true;
        return test;
    }

    private async Task ShouldBeOkAfterARestartAsync(HealthTask task)
    {
        store.Holds = false;
        await using EngineUnderTest next = new(store);
        next.ReplaceMail(task, reset);
        await next.StartAsync();
        (await next.PollMailAsync(2)).ShouldBe("OO", "what was acknowledged survives");
    }
}
