namespace Failover;

/// <summary>Overrides that outlive their process.</summary>
public sealed class OverrideRestartTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Fact]
    public async Task It_goes_on_after_a_restart_and_the_time_between_does_not_count()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
            await SetAsync(before, OverrideKind.Fail, Minute(30));
            await before.AdvanceAsync(Minute(10), Second(10));
        }

        await using EngineUnderTest test = new(store);
        test.Time.Advance(Minute(50));
        Component component = await StartAsync(test);

        component.LastKnown().State.ShouldBe(Fail);
        await test.AdvanceAsync(Minute(19), Second(10));
        component.LastKnown().State.ShouldBe(Fail);
        await test.AdvanceAsync(Minute(2), Second(10));
        component.LastKnown().State.ShouldBe(Ok);
    }

    [Fact]
    public async Task Restarts_do_not_prolong_it()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
            await SetAsync(before, OverrideKind.Fail, Minute(5));
        }

        int restarts = 0;
        for (bool isInForce = true; isInForce; restarts++)
        {
            await using EngineUnderTest test = new(store);
            Component component = await StartAsync(test);
            isInForce = component.LastKnown().State == Fail;
        }

        restarts.ShouldBeLessThanOrEqualTo(6, "each costs a minute where nothing says how long the process lived");
    }

    [Fact]
    public async Task One_whose_time_was_over_is_gone()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
            await SetAsync(before, OverrideKind.Fail, Second(30));
        }

        await using EngineUnderTest test = new(store);
        Component component = await StartAsync(test);

        component.LastKnown().State.ShouldBe(Ok);
        store.Load().Overrides.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_writes_no_transition_into_the_history()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
            await SetAsync(before, OverrideKind.Fail, Hour(1));
        }

        store.Written.Clear();
        await using EngineUnderTest test = new(store);
        await StartAsync(test);

        store.Written.SelectMany(write => write.Transitions).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(OverrideKind.Fail, false)]
    [InlineData(OverrideKind.Ok, false)]
    [InlineData(OverrideKind.Hold, false)]
    [InlineData(OverrideKind.Fail, true)]
    [InlineData(OverrideKind.Hold, true)]
    public async Task Since_when_a_state_is_served_is_the_same_after_a_restart(OverrideKind kind, bool isCleared)
    {
        Snapshot before;
        string epoch;
        DateTimeOffset stopped;
        await using (EngineUnderTest first = new(store))
        {
            await StartAsync(first);
            await first.AdvanceAsync(Minute(10), Second(10));
            await SetAsync(first, kind, Hour(1));
            await first.AdvanceAsync(Minute(10), Second(10));
            if (isCleared)
            {
                await first.Engine.ClearOverrideAsync("mail", null, new("mail", "alice", "192.0.2.9", "cleared"));
                await first.AdvanceAsync(Minute(10), Second(10));
            }

            before = first.Of("mail").LastKnown();
            epoch = first.Engine.EpochOf("mail");
            stopped = first.Time.GetUtcNow();
        }

        await using EngineUnderTest test = new(store);
        test.Time.WallClock = stopped;
        Component component = await StartAsync(test);

        (component.LastKnown().State, component.LastKnown().Since).ShouldBe((before.State, before.Since));
        test.Engine.EpochOf("mail").ShouldBe(epoch);
    }

    [Fact]
    public async Task The_epoch_is_the_same_after_a_restart()
    {
        string before;
        await using (EngineUnderTest first = new(store))
        {
            await StartAsync(first);
            await SetAsync(first, OverrideKind.Fail, Hour(1));
            before = first.Engine.EpochOf("mail");
        }

        await using EngineUnderTest test = new(store);
        await StartAsync(test);

        test.Engine.EpochOf("mail").ShouldBe(before);
    }

    [Theory]
    [InlineData(-10_000)]
    [InlineData(10_000)]
    public async Task A_wall_clock_that_is_set_neither_ends_nor_prolongs_it(int hours)
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
            await SetAsync(before, OverrideKind.Fail, Minute(30));
            before.Time.WallClock += Hour(hours);
            await before.AdvanceAsync(Minute(10), Second(10));
        }

        await using EngineUnderTest test = new(store);
        Component component = await StartAsync(test);

        component.LastKnown().State.ShouldBe(Fail);
        await test.AdvanceAsync(Minute(19), Second(10));
        component.LastKnown().State.ShouldBe(Fail);
        await test.AdvanceAsync(Minute(1), Second(10));
        component.LastKnown().State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_store_that_is_back_after_a_loss_is_given_it_again()
    {
        await using EngineUnderTest test = new(store);
        await StartAsync(test);
        await SetAsync(test, OverrideKind.Fail, Hour(1));

        store.Lose("gone");
        store.Raise(new StoreNotice.Back());
        await Eventually(() => store.Load().Overrides.Length == 1);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    // Real time: the notices come by a channel.
    private static async Task Eventually(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static Task<OperationResult> SetAsync(EngineUnderTest test, OverrideKind kind, TimeSpan lasts) =>
        test.Engine.SetOverrideAsync(
            test.Of("mail"),
            new(kind, "disk is replaced", lasts, new("mail", "alice", "192.0.2.9", "override"))
        );

    private async Task<Component> StartAsync(EngineUnderTest test)
    {
        Component component = test.Add(
            new Toggle(new Background(check, Second(10)), reset),
            name: "mail",
            onPost: reset
        );
        await test.StartAsync();
        return component;
    }
}
