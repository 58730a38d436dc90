namespace Failover;

/// <summary>Overrides and the latches that begin, move and are stored beneath them.</summary>
public sealed class OverriddenLatchTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_override_ends_in_the_write_that_stores_the_latch(bool isBeingCleared)
    {
        await using EngineUnderTest test = new(store);
        await StartAsync(test);
        string id = await SetAsync(test, OverrideKind.Ok);
        store.Holds = true;
        Task clearing = isBeingCleared
            ? test.Engine.ClearOverrideAsync("mail", epoch: null, Audit())
            : Task.CompletedTask;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        store.StoreAll();

        await clearing;
        store
            .Written.Single(write => write.Latches.Any(latch => latch.State == Fail))
            .ForgottenOverrides.ShouldContain(id);
    }

    [Fact]
    public async Task One_that_is_being_stored_when_a_latch_begins_is_forgotten_in_the_write_of_the_latch()
    {
        await using EngineUnderTest test = new(store);
        await StartAsync(test);
        store.Holds = true;
        Task<OperationResult> setting = test.Engine.SetOverrideAsync(test.Of("mail"), Request(OverrideKind.Ok));

        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        store.StoreAll();

        (await setting).Outcome.ShouldBe(OperationOutcome.Outdated);
        string id = store.Committed.ShouldHaveSingleItem().Overrides.ShouldHaveSingleItem().Id;
        store
            .Written.Single(write => write.Latches.Any(latch => latch.State == Fail))
            .ForgottenOverrides.ShouldBe([id]);
    }

    [Fact]
    public async Task The_right_to_hide_a_latch_outlives_the_process()
    {
        await using (EngineUnderTest before = new(store))
        {
            check.Sees = Fail;
            await StartAsync(before);
            // Set back, it shows the latch to be younger than the override.
            before.Time.WallClock -= TimeSpan.FromDays(1);
            await SetAsync(before, OverrideKind.Ok, mayHideLatch: true);
        }

        await using EngineUnderTest test = new(store);
        await StartAsync(test);

        test.Of("mail").LastKnown().State.ShouldBe(Ok);
        test.Of("mail").LastKnown().IsLatched.ShouldBeTrue();
    }

    [Theory]
    [InlineData(OverrideKind.Ok, false, Fail)]
    [InlineData(OverrideKind.Hold, false, Fail)]
    [InlineData(OverrideKind.Ok, true, Ok)]
    public async Task A_reload_that_shares_a_latch_ends_one_that_may_not_hide_it(
        OverrideKind kind,
        bool mayHideLatch,
        HealthState served
    )
    {
        await using EngineUnderTest test = new();
        Toggle shared = new(new Background(new ScriptedCheck { Sees = Fail, Name = "web" }, Second(1)), reset);
        Background own = new(check, Second(1));
        test.ReplaceNamed([(shared, "shared")], ("web", shared, reset), ("mail", own, null));
        await test.StartAsync();
        await SetAsync(test, kind, mayHideLatch);

        test.ReplaceNamed([(shared, "shared")], ("web", shared, reset), ("mail", new All([own, shared]), reset));

        (await test.PollMailAsync()).ShouldBe(served.ToString()[..1]);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static PostAudit Audit() => new("mail", "alice", "192.0.2.9", "override");

    private static OverrideRequest Request(OverrideKind kind) => new(kind, "disk is replaced", Hour(1), Audit());

    private static async Task<string> SetAsync(EngineUnderTest test, OverrideKind kind, bool mayHideLatch = false)
    {
        OverrideRequest request = Request(kind) with { MayHideLatch = mayHideLatch };
        (await test.Engine.SetOverrideAsync(test.Of("mail"), request)).Outcome.ShouldBe(OperationOutcome.Done);
        return test.Engine.OverridesNow().ShouldHaveSingleItem().Id;
    }

    private async Task StartAsync(EngineUnderTest test)
    {
        test.Add(new Toggle(new Background(check, Second(1)), reset), name: "mail", onPost: reset);
        await test.StartAsync();
    }
}
