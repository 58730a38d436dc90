namespace Failover;

/// <summary>What components serve while a maintenance window is open.</summary>
public sealed class MaintainedComponentTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    // A letter for each 10 s: what the check sees, whether the window is open ([ … ]), what is served.
    [Theory]
    [InlineData(MaintenanceState.Judged, "O O F F O O", "- [ [ [ [ -", "O O F F O O")]
    [InlineData(MaintenanceState.Hold, "O O F F F F", "- [ [ [ - -", "O O O O F F")]
    [InlineData(MaintenanceState.Hold, "F F O O O O", "- [ [ [ - -", "F F F F O O")]
    [InlineData(MaintenanceState.Hold, "O O E E O O", "- [ [ [ - -", "O O O O O O")]
    [InlineData(MaintenanceState.Hold, "O E E F F F", "- - [ [ - -", "O E O O F F")]
    [InlineData(MaintenanceState.Fail, "O O O F O O", "- [ [ [ [ -", "O F F F F O")]
    public async Task The_state_of_the_window_is_served_while_it_is_open(
        MaintenanceState state,
        string seen,
        string open,
        string served
    )
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(new Background(check, Second(10)), name: "mail");
        string answers = "";
        MaintenanceWindow window = Window(test, state, Minute(10));
        for (int i = 0; i < seen.Length; i += 2)
        {
            (check.Sees, check.Throws) = seen[i] switch
            {
                'O' => (Ok, null),
                'F' => (Fail, null),
                _ => (Ok, (Exception?)new IOException("cannot tell")),
            };
            if (i == 0)
            {
                await test.StartAsync();
            }

            test.Engine.Maintain(open[i] == '[' ? [window] : []);
            if (i > 0)
            {
                await test.AdvanceAsync(Second(10));
            }

            answers += $"{(await EngineUnderTest.PollAsync(component)).ToString()[0]} ";
        }

        answers.TrimEnd().ShouldBe(served);
    }

    [Fact]
    public async Task It_says_so_and_what_is_beneath()
    {
        await using EngineUnderTest test = new();
        Component component = await StartAsync(test, check);
        check.Sees = Fail;

        test.Engine.Maintain([Window(test, MaintenanceState.Hold)]);
        await test.AdvanceAsync(Second(10));

        Snapshot served = component.LastKnown();
        served.Reason.ShouldBe("maintenance backup, hold (ok) until 2026-01-01 01:00:00 UTC: weekly backup");
        served.Maintenance.ShouldNotBeNull();
        served.WithoutOverride.ShouldSatisfyAllConditions(
            beneath => beneath.State.ShouldBe(Fail),
            beneath => beneath.Reason.ShouldBe("scripted")
        );
        served.Maintenance!.Beneath!.State.ShouldBe(Fail);
    }

    [Fact]
    public async Task One_without_a_state_silences_and_changes_nothing()
    {
        await using EngineUnderTest test = new();
        Component component = await StartAsync(test, check);
        DateTimeOffset? since = component.LastKnown().Since;

        test.Engine.Maintain([Window(test, MaintenanceState.Judged)]);

        component.LastKnown().Maintenance.ShouldNotBeNull();
        component.LastKnown().Since.ShouldBe(since);
        component.LastKnown().Reason.ShouldBe("scripted");
        test.Engine.Maintain([]);
        component.LastKnown().Maintenance.ShouldBeNull();
    }

    [Fact]
    public async Task It_changes_the_url_of_its_own_components_only()
    {
        await using EngineUnderTest test = new();
        Background shared = new(check, Second(10));
        Component mail = test.Add(shared, name: "mail");
        Component all = test.Add(new All([shared]), name: "all");
        await test.StartAsync();

        test.Engine.Maintain([Window(test, MaintenanceState.Fail, components: "mail")]);

        (await EngineUnderTest.PollAsync(mail)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(all)).ShouldBe(Ok);
        all.LastKnown().Maintenance.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_held_yields_to_a_latch_for_the_rest_of_the_window()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartAsync(test, new Toggle(check, reset), reset);
        MaintenanceWindow window = Window(test, MaintenanceState.Hold);
        test.Engine.Maintain([window]);

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        component
            .LastKnown()
            .ShouldSatisfyAllConditions(
                served => served.State.ShouldBe(Fail),
                served => served.IsLatched.ShouldBeTrue(),
                served => served.Maintenance!.HasYielded.ShouldBeTrue()
            );
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");

        // Not held again: the next fail is served.
        test.Engine.Maintain([window]);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        (await test.PollMailAsync()).ShouldBe("F");
        (await Steps(test)).ShouldBe([MaintenanceStep.Opened, MaintenanceStep.YieldedToLatch]);
        store
            .Written.SelectMany(write => write.Posts)
            .Select(post => $"{post.Component}: {post.Outcome}")
            .ShouldBe([
                "-/maintenance/backup: maintenance opened: backup, hold until 2026-01-01 01:00:00 UTC: weekly backup",
                "mail: maintenance yields to a latch: backup, hold until 2026-01-01 01:00:00 UTC: weekly backup",
            ]);
    }

    [Fact]
    public async Task A_latch_of_before_stays_and_can_be_reset()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Component component = await StartAsync(test, new Toggle(check, reset), reset);

        test.Engine.Maintain([Window(test, MaintenanceState.Fail)]);

        component
            .LastKnown()
            .ShouldSatisfyAllConditions(
                served => served.IsLatched.ShouldBeTrue(),
                served => served.CanReset.ShouldBeTrue()
            );
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("F", "the window has it fail, too");
        test.Engine.Maintain([]);
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task An_override_comes_first()
    {
        await using EngineUnderTest test = new();
        Component component = await StartAsync(test, check);
        test.Engine.Maintain([Window(test, MaintenanceState.Fail)]);

        await test.Engine.SetOverrideAsync(
            component,
            new(OverrideKind.Ok, "it works", Minute(1), new("mail", "alice", "192.0.2.9", "override"))
        );

        Snapshot served = component.LastKnown();
        served.State.ShouldBe(Ok);
        served.Overridden!.Beneath.State.ShouldBe(Fail);
        served.WithoutOverride.State.ShouldBe(Ok);
        await test.AdvanceAsync(Minute(2), Second(10));
        (await test.PollMailAsync()).ShouldBe("F", "the override has expired, and the window is open");
    }

    [Fact]
    public async Task Nothing_known_is_held_from_the_first_result_on()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(new Hysteresis(check, initialState: Ok), name: "mail");
        test.Engine.Maintain([Window(test, MaintenanceState.Hold)]);
        check.Sees = Fail;
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "an initial state is not held");
        check.Sees = Ok;
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task Of_an_on_demand_component_it_is_served_without_a_wait_for_the_probe()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(check, name: "mail");
        await test.StartAsync();
        test.Engine.Maintain([Window(test, MaintenanceState.Fail)]);
        check.Gate = new();

        Task<HealthState> poll = EngineUnderTest.PollAsync(component);

        poll.IsCompleted.ShouldBeTrue();
        (await poll).ShouldBe(Fail);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task An_ok_that_is_held_ends_a_minute_after_its_window_though_nobody_closes_it()
    {
        await using EngineUnderTest test = new();
        Component component = await StartAsync(test, check);
        check.Sees = Fail;
        test.Engine.Maintain([Window(test, MaintenanceState.Hold, Minute(5))]);

        await test.AdvanceAsync(Minute(6), Second(10));
        (await test.PollMailAsync()).ShouldBe("O");
        Snapshot served = component.LastKnown();
        served.ReadAt(served.FreshUntil + TimeSpan.FromTicks(1)).State.ShouldBe(Fail, "whoever reads it, too");
        await test.AdvanceAsync(Second(10));

        (await test.PollMailAsync()).ShouldBe("F");
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_prolongs_it()
    {
        await using EngineUnderTest test = new();
        await StartAsync(test, check);
        MaintenanceWindow window = Window(test, MaintenanceState.Fail, Minute(5));
        test.Engine.Maintain([window]);
        await test.AdvanceAsync(Minute(3), Second(10));

        test.Time.WallClock -= Hour(1);
        test.Engine.Maintain([window]);
        await test.AdvanceAsync(Minute(30), Second(10));

        (await test.PollMailAsync()).ShouldBe("F");
        (await Steps(test)).ShouldBe([MaintenanceStep.Opened]);
    }

    [Fact]
    public async Task Of_several_a_fail_comes_first_then_what_was_held_first()
    {
        await using EngineUnderTest test = new();
        Component component = await StartAsync(test, check);
        MaintenanceWindow early = Window(test, MaintenanceState.Hold) with { Name = "early" };
        test.Engine.Maintain([early]);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        MaintenanceWindow late = Window(test, MaintenanceState.Hold) with { Name = "late" };
        MaintenanceWindow fail = Window(test, MaintenanceState.Fail) with { Name = "fail" };

        test.Engine.Maintain([early, late, fail]);
        component.LastKnown().Reason.ShouldStartWith("maintenance fail, fail");
        test.Engine.Maintain([early, late]);
        component.LastKnown().Reason.ShouldStartWith("maintenance early, hold (ok)");
        test.Engine.Maintain([late]);
        component.LastKnown().Reason.ShouldStartWith("maintenance late, hold (fail)");
    }

    [Fact]
    public async Task A_reload_keeps_what_is_held_and_a_new_component_enters()
    {
        await using EngineUnderTest test = new();
        await StartAsync(test, check);
        test.Engine.Maintain([Window(test, MaintenanceState.Hold), Window(test, MaintenanceState.Fail, null, "new*")]);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        ScriptedCheck other = new() { Name = "other", Sees = Fail };

        test.Replace(("mail", new Background(other, Second(10))), ("new", new Background(check, Second(10))));
        await test.Engine.WhenIdleAsync();

        (await test.PollMailAsync()).ShouldBe("O");
        test.Of("new").LastKnown().Reason.ShouldStartWith("maintenance backup, fail");
    }

    [Fact]
    public async Task Another_reason_goes_on_with_what_is_held_and_another_state_begins_anew()
    {
        await using EngineUnderTest test = new();
        await StartAsync(test, check);
        MaintenanceWindow window = Window(test, MaintenanceState.Hold);
        test.Engine.Maintain([window]);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        test.Engine.Maintain([window with { Reason = "other" }]);
        (await test.PollMailAsync()).ShouldBe("O");
        test.Engine.Maintain([window with { State = MaintenanceState.Judged }]);
        (await test.PollMailAsync()).ShouldBe("F");
        test.Engine.Maintain([window]);
        (await test.PollMailAsync()).ShouldBe("F");
    }

    private static async Task<MaintenanceStep[]> Steps(EngineUnderTest test) =>
        [.. (await test.EventsAsync()).OfType<MaintenanceChange>().Select(change => change.Step)];

    internal static MaintenanceWindow Window(
        EngineUnderTest test,
        MaintenanceState state,
        TimeSpan? lasts = null,
        string? components = null
    )
    {
        DateTimeOffset from = test.Time.GetUtcNow();
        return new(
            "backup",
            state,
            "weekly backup",
            from,
            from + (lasts ?? Hour(1)),
            components is null ? null : new ValueList<string>([components])
        );
    }

    private static async Task<Component> StartAsync(EngineUnderTest test, HealthTask task, Oneshot? onPost = null)
    {
        Component component = test.Add(new Background(task, Second(10)), name: "mail", onPost: onPost);
        await test.StartAsync();
        return component;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
