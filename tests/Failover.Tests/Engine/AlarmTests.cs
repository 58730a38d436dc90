namespace Failover;

/// <summary>What people are told of what components serve: each change of what is wrong, once.</summary>
public sealed partial class AlarmTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    private static NotificationFilter Everything => Filter("all");

    // A letter for each 10 s: what the check sees, whether a maintenance window is open, and what is told: F, E or O for a state, - for nothing.
    [Theory]
    [InlineData("O O O", "- - -", "- - -")]
    [InlineData("O F F O F", "- - - - -", "- F - O F")]
    [InlineData("F F O", "- - -", "F - O")]
    [InlineData("O E E O", "- - - -", "- E - O")]
    [InlineData("O F E F O", "- - - - -", "- F E F O")]
    [InlineData("O F F O", "- [ [ [", "- - - -")]
    [InlineData("O F F F O", "- [ [ - -", "- - - F O")]
    [InlineData("O F F O O", "- - [ [ -", "- F - O -")]
    [InlineData("O F E F O", "- - [ [ -", "- F - - O")]
    public async Task Each_change_is_told_once_and_none_during_maintenance(string seen, string open, string told)
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything]);
        test.Add(new Background(check, Second(10)), name: "mail");
        MaintenanceWindow window = new(
            "backup",
            MaintenanceState.Judged,
            "weekly",
            test.Time.GetUtcNow(),
            test.Time.GetUtcNow() + Hour(1)
        );
        string heard = "";
        for (int i = 0; i < seen.Length; i += 2)
        {
            check.Sees = StateOf(seen[i]);
            int before = Told().Length;
            test.Engine.Maintain(open[i] == '[' ? [window] : []);
            if (i == 0)
            {
                await test.StartAsync();
            }
            else
            {
                await test.AdvanceAsync(Second(10));
            }

            heard += $"{(Told()[before..] is [.., var newest] ? newest.State!.Value.ToString()[0] : '-')} ";
        }

        heard.TrimEnd().ShouldBe(told);
    }

    [Fact]
    public async Task A_notification_says_what_why_and_since_when_and_that_it_is_over()
    {
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));
        DateTimeOffset start = test.Time.GetUtcNow();
        (check.Sees, check.Reason) = (Fail, "refused: 192.0.2.1:25");
        await test.AdvanceAsync(Second(10));
        (check.Sees, check.Reason) = (Ok, "connected");
        await test.AdvanceAsync(Second(30), Second(10));

        Notification[] told = Told();
        told.Length.ShouldBe(2);
        told[0]
            .ShouldBe(
                new(
                    told[0].Id,
                    told[0].Id,
                    NotificationStatus.Firing,
                    NotificationTopics.State,
                    NotificationSeverity.Critical,
                    "/mail",
                    "refused: 192.0.2.1:25",
                    start + Second(10)
                )
                {
                    Component = "mail",
                    State = Fail,
                }
            );
        told[1]
            .ShouldBe(
                told[0] with
                {
                    Id = told[1].Id,
                    Status = NotificationStatus.Resolved,
                    Reason = "connected",
                    At = start + Second(20),
                    State = Ok,
                    Before = Fail,
                }
            );
        told[1].Id.ShouldNotBe(told[0].Id);
        store.Load().Alarms.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_stored_in_the_write_of_the_transition()
    {
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));

        StateWrite write = store.Written.Single(one => !one.Deliveries.IsEmpty);
        write.Transitions.ShouldHaveSingleItem().To.ShouldBe(Fail);
        write.Alarms.ShouldHaveSingleItem().Newest.ShouldBe(write.Deliveries.ShouldHaveSingleItem().Notification);
    }

    [Fact]
    public async Task A_latch_is_told_and_that_it_was_reset()
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything, Filter("latches", NotificationTopics.Latch)]);
        test.Add(new Toggle(new Background(check, Second(10)), reset), name: "mail", onPost: reset);
        await test.StartAsync();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);

        foreach (string route in (string[])["all", "latches"])
        {
            Told(route)
                .Select(told => (told.Status, told.State, told.IsLatched))
                .ShouldBe([(NotificationStatus.Firing, Fail, true), (NotificationStatus.Resolved, Ok, false)], route);
        }
    }

    [Fact]
    public async Task What_was_told_is_not_told_again_after_a_restart_and_what_is_over_is()
    {
        check.Sees = Fail;
        await using (EngineUnderTest before = await StartAsync(new Background(check, Second(10))))
        {
            Told().Length.ShouldBe(1);
        }

        await using (EngineUnderTest still = await StartAsync(new Background(check, Second(10))))
        {
            Told().Length.ShouldBe(1, "it fails as before");
        }

        check.Sees = Ok;
        await using EngineUnderTest over = await StartAsync(new Background(check, Second(10)));
        Told().Length.ShouldBe(2);
        (Told()[1].Status, Told()[1].Alarm).ShouldBe((NotificationStatus.Resolved, Told()[0].Alarm));
    }

    [Fact]
    public async Task What_was_removed_while_the_process_was_down_is_over()
    {
        check.Sees = Fail;
        await using (EngineUnderTest before = await StartAsync(new Background(check, Second(10))))
        {
            Told().Length.ShouldBe(1);
        }

        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything]);
        test.Add(new ScriptedCheck { Name = "other" }, name: "other");
        await test.StartAsync();

        Told()[^1]
            .ShouldSatisfyAllConditions(
                told => told.Status.ShouldBe(NotificationStatus.Resolved),
                told => told.Reason.ShouldBe("is not served any longer")
            );
        store.Load().Alarms.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_removed_by_a_reload_is_over()
    {
        check.Sees = Fail;
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));
        test.Replace(("other", new ScriptedCheck { Name = "other" }));

        Told()[^1].Status.ShouldBe(NotificationStatus.Resolved);
        test.Engine.AlarmsNow("all").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_state_is_told_whatever_is_served_meanwhile()
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything]);
        test.Engine.Add(new("mail", new Background(check, Second(10))) { OnError = new(OnError.Hold, Hour(1)) });
        await test.StartAsync();
        check.Sees = HealthState.Error;
        await test.AdvanceAsync(Second(10));

        test.Of("mail").LastKnown().State.ShouldBe(Ok);
        Told()
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                told => told.Topic.ShouldBe(NotificationTopics.Error),
                told => told.Severity.ShouldBe(NotificationSeverity.Warning),
                told => told.State.ShouldBe(Ok)
            );
    }

    [Fact]
    public async Task A_result_that_grows_too_old_is_told()
    {
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));
        check.Gate = new();
        for (int i = 0; i < 12; i++)
        {
            test.Time.Advance(Second(10));
        }

        Told()
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                told => told.State.ShouldBe(HealthState.Error),
                told => told.Topic.ShouldBe(NotificationTopics.State | NotificationTopics.Error)
            );
        check.Gate.SetResult();
    }

    [Fact]
    public async Task An_override_is_told_from_its_beginning_to_its_end()
    {
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        await test.Engine.SetOverrideAsync(
            test.Of("mail"),
            new(OverrideKind.Ok, "disk is replaced", Hour(1), new("mail", "alice", "192.0.2.9", "override"))
        );
        await test.AdvanceAsync(Hour(2), Second(10));

        Told()
            .Select(told => (told.Topic, told.Severity, told.Status))
            .ShouldBe([
                (NotificationTopics.State, NotificationSeverity.Critical, NotificationStatus.Firing),
                (NotificationTopics.Override, NotificationSeverity.Info, NotificationStatus.Event),
                (NotificationTopics.State, NotificationSeverity.Critical, NotificationStatus.Resolved),
                (NotificationTopics.Override, NotificationSeverity.Warning, NotificationStatus.Event),
                (NotificationTopics.Override, NotificationSeverity.Info, NotificationStatus.Event),
                (NotificationTopics.State, NotificationSeverity.Critical, NotificationStatus.Firing),
            ]);
        Told()[3].Reason.ShouldBe("override expires soon, into a fail: ok by alice: disk is replaced");
    }

    [Fact]
    public async Task A_tripped_guard_is_told_also_to_a_route_of_one_of_its_components()
    {
        ScriptedCheck[] checks = [check, new() { Name = "b" }, new() { Name = "c" }];
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything, Filter("b") with { Components = new(["b"]) }]);
        Guard guard = new("mail", maxFailing: 1, maxDelay: Minute(10));
        foreach ((string name, ScriptedCheck of) in ((string[])["a", "b", "c"]).Zip(checks))
        {
            test.Engine.Add(new(name, new Background(of, Second(10))) { Guard = guard });
        }

        await test.StartAsync();
        (checks[0].Sees, checks[1].Sees) = (Fail, Fail);
        await test.AdvanceAsync(Second(10));
        (checks[0].Sees, checks[1].Sees) = (Ok, Ok);
        await test.AdvanceAsync(Second(10));

        Notification[] ofGuard = [.. Told("b").Where(told => told.Topic == NotificationTopics.Guard)];
        ofGuard.Select(told => told.Status).ShouldBe([NotificationStatus.Firing, NotificationStatus.Resolved]);
        ofGuard[0].Reason.ShouldBe("2 of 3 fail, more than 1: moves to fail are delayed");
        Told().Where(told => told.Topic == NotificationTopics.Guard).ShouldBe(ofGuard);
    }

    [Fact]
    public async Task A_fault_beside_the_components_is_told_until_it_is_over()
    {
        await using EngineUnderTest test = await StartAsync(check);
        Report("line 3: unknown key");
        Report("line 4: unknown key");
        Report(null);
        Report(null);

        Told()
            .Select(told => (told.Status, told.Subject, told.Component))
            .ShouldBe([
                (NotificationStatus.Firing, "configuration", null),
                (NotificationStatus.Resolved, "configuration", null),
            ]);

        void Report(string? problem) =>
            test.Engine.Report("configuration", NotificationTopics.Reload, NotificationSeverity.Warning, problem);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static HealthState StateOf(char letter) =>
        letter switch
        {
            'O' => Ok,
            'F' => Fail,
            _ => HealthState.Error,
        };

    private static NotificationFilter Filter(string route, NotificationTopics topics = NotificationTopics.All) =>
        new(route, Components: null, topics, NotificationSeverity.Info);

    private async Task<EngineUnderTest> StartAsync(HealthTask task)
    {
        EngineUnderTest test = new(store);
        test.Engine.Notify([Everything]);
        test.Add(task, name: "mail");
        await test.StartAsync();
        return test;
    }

    private Notification[] Told(string route = "all") =>
        [
            .. store
                .Written.SelectMany(write => write.Deliveries)
                .Where(delivery => delivery.Route == route)
                .OrderBy(delivery => delivery.Number)
                .Select(delivery => delivery.Notification),
        ];
}
