namespace Failover;

/// <summary>A process that ends while a maintenance window is open, and the next one.</summary>
public sealed class MaintenanceRestartTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Fact]
    public async Task The_state_that_is_restored_is_held()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before, check);
        }

        check.Sees = Fail;
        await using EngineUnderTest test = new(store);
        test.Engine.Maintain([MaintainedComponentTests.Window(test, MaintenanceState.Hold)]);
        await StartAsync(test, check);
        await test.AdvanceAsync(Second(10));

        (await test.PollMailAsync()).ShouldBe("O");
        test.Of("mail").LastKnown().WithoutOverride.State.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_restart_writes_no_transition_into_the_history()
    {
        MaintenanceWindow window;
        await using (EngineUnderTest before = new(store))
        {
            window = MaintainedComponentTests.Window(before, MaintenanceState.Fail);
            await StartAsync(before);
            before.Engine.Maintain([window]);
            await before.AdvanceAsync(Minute(5), Second(10));
        }

        store.Written.Clear();
        await using EngineUnderTest test = new(store);
        test.Time.Advance(Minute(6));
        test.Engine.Maintain([window]);
        await StartAsync(test);

        (await test.PollMailAsync()).ShouldBe("F");
        store.Written.SelectMany(write => write.Transitions).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_has_opened_meanwhile_is_a_transition()
    {
        await using (EngineUnderTest before = new(store))
        {
            await StartAsync(before);
        }

        store.Written.Clear();
        await using EngineUnderTest test = new(store);
        test.Time.Advance(Minute(10));
        test.Engine.Maintain([MaintainedComponentTests.Window(test, MaintenanceState.Fail)]);
        await StartAsync(test);

        StoredTransition moved = store.Written.SelectMany(write => write.Transitions).ShouldHaveSingleItem();
        moved.To.ShouldBe(Fail);
        moved.Reason.ShouldStartWith("maintenance backup, fail until");
    }

    [Fact]
    public async Task What_had_yielded_to_a_latch_is_not_held_again()
    {
        MaintenanceWindow window;
        await using (EngineUnderTest before = new(store))
        {
            window = MaintainedComponentTests.Window(before, MaintenanceState.Hold);
            await StartAsync(before);
            before.Engine.Maintain([window]);
            check.Sees = Fail;
            await before.AdvanceAsync(Second(10));
        }

        await using EngineUnderTest test = new(store);
        test.Time.Advance(Minute(1));
        test.Engine.Maintain([window]);
        await StartAsync(test);
        (await test.PollMailAsync()).ShouldBe("F");
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);

        (await test.PollMailAsync()).ShouldBe("O");
    }

    private async Task StartAsync(EngineUnderTest test, HealthTask? task = null)
    {
        test.Add(
            new Background(task ?? new Toggle(check, reset), Second(10)),
            name: "mail",
            onPost: task is null ? reset : null
        );
        await test.StartAsync();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
