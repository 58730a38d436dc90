namespace Failover;

// Which routes hear of an alarm.
public sealed partial class AlarmTests
{
    [Fact]
    public async Task A_route_hears_what_is_for_it_and_that_it_is_for_it_no_longer()
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([
            Filter("urgent") with
            {
                Least = NotificationSeverity.Critical,
            },
            Filter("shop") with
            {
                Components = new(["shop/*"]),
            },
        ]);
        test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        foreach (HealthState state in (HealthState[])[Fail, HealthState.Error, Ok])
        {
            check.Sees = state;
            await test.AdvanceAsync(Second(10));
        }

        Told("urgent")
            .Select(told => (told.Status, told.State, told.Severity))
            .ShouldBe([
                (NotificationStatus.Firing, Fail, NotificationSeverity.Critical),
                (NotificationStatus.Resolved, HealthState.Error, NotificationSeverity.Critical),
            ]);
        Told("shop").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_route_hears_what_is_wrong_and_a_narrower_one_that_it_is_over()
    {
        check.Sees = Fail;
        await using EngineUnderTest test = await StartAsync(new Background(check, Second(10)));

        test.Engine.Notify([Everything, Filter("new")]);
        Told("new").ShouldHaveSingleItem().ShouldBe(Told().ShouldHaveSingleItem());
        test.Engine.Notify([Everything, Filter("new") with { Topics = NotificationTopics.Guard }]);
        Told("new")[^1].Status.ShouldBe(NotificationStatus.Resolved);
        Told().Length.ShouldBe(1);
        test.Engine.Notify([]);
        store.Load().Alarms.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_route_that_is_new_after_a_restart_hears_what_is_wrong()
    {
        check.Sees = Fail;
        await using (EngineUnderTest before = await StartAsync(new Background(check, Second(10))))
        {
            Told().Length.ShouldBe(1);
        }

        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything, Filter("new")]);
        test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();

        Told("new").ShouldHaveSingleItem().ShouldBe(Told().ShouldHaveSingleItem());
    }

    [Fact]
    public async Task Since_when_is_of_the_route_that_is_notified()
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Everything, Filter("urgent") with { Least = NotificationSeverity.Critical }]);
        test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        DateTimeOffset start = test.Time.GetUtcNow();
        foreach (HealthState state in (HealthState[])[HealthState.Error, Fail, Ok])
        {
            check.Sees = state;
            await test.AdvanceAsync(Second(10));
        }

        Told().ShouldAllBe(told => told.Since == start + Second(10));
        Told("urgent").Select(told => told.Since).ShouldBe([start + Second(20), start + Second(20)]);
    }

    [Fact]
    public async Task The_first_route_of_a_running_process_hears_what_is_wrong()
    {
        check.Sees = Fail;
        await using EngineUnderTest test = new(store);
        test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        store.Written.SelectMany(write => write.Alarms).ShouldBeEmpty();

        test.Engine.Notify([Everything]);

        Told().ShouldHaveSingleItem().State.ShouldBe(Fail);
    }

    [Fact]
    public async Task Those_who_heard_of_a_guard_hear_that_it_is_gone()
    {
        ScriptedCheck[] checks = [new() { Name = "a", Sees = Fail }, new() { Name = "b", Sees = Fail }, check];
        await using EngineUnderTest test = new(store);
        test.Engine.Notify([Filter("b") with { Components = new(["b"]), Topics = NotificationTopics.Guard }]);
        Guard guard = new("mail", maxFailing: 1, maxDelay: Minute(10));
        ComponentDescription[] all =
        [
            .. ((string[])["a", "b", "c"]).Zip(
                checks,
                (name, of) => new ComponentDescription(name, new Background(of, Second(10)))
            ),
        ];
        foreach (ComponentDescription one in all)
        {
            test.Engine.Add(one with { Guard = guard });
        }

        await test.StartAsync();
        Told("b").ShouldHaveSingleItem().Status.ShouldBe(NotificationStatus.Firing);

        test.Engine.Replace(all, Graph.NoNames);

        Told("b")[^1].Status.ShouldBe(NotificationStatus.Resolved);
    }
}
