namespace Failover;

/// <summary>Logic over checks and latches, in an engine.</summary>
public sealed class LogicEvaluationTests
{
    private readonly ScriptedCheck db1 = new() { Name = "db1" };
    private readonly ScriptedCheck db2 = new() { Name = "db2" };

    [Fact]
    public async Task A_request_probes_all_side_by_side_and_each_once()
    {
        await using EngineUnderTest test = new();
        db1.Gate = db2.Gate = new();
        Component shop = test.Add(new All(db1, new Any(db1, db2)));
        await test.StartAsync();

        Task<HealthState> answer = EngineUnderTest.PollAsync(shop);
        SpinWait.SpinUntil(() => db1.Probes == 1 && db2.Probes == 1, Second(30)).ShouldBeTrue();
        db1.Gate.SetResult();

        (await answer).ShouldBe(Ok);
        (db1.Probes, db2.Probes).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Before_the_first_probe_nothing_is_known_and_no_change_is_told()
    {
        await using EngineUnderTest test = new();
        Component shop = test.Add(new All(db1, db2));
        await test.StartAsync();
        shop.LastKnown().IsKnown.ShouldBeFalse();

        (await EngineUnderTest.PollAsync(shop)).ShouldBe(Ok);

        (await test.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_loops_below_it_need_no_request()
    {
        await using EngineUnderTest test = new();
        Component shop = test.Add(
            new AtLeast([new Background(db1, Second(1)), new Background(db2, Second(1))], count: 1)
        );
        await test.StartAsync();
        shop.LastKnown().State.ShouldBe(Ok);

        db1.Sees = Fail;
        await test.AdvanceAsync(Second(2), step: Second(0.1));
        shop.LastKnown().State.ShouldBe(Ok);
        db2.Sees = Fail;
        await test.AdvanceAsync(Second(2), step: Second(0.1));
        shop.LastKnown().State.ShouldBe(Fail);
        shop.LastKnown().Reason.ShouldBe("background(db1, every 1s): scripted; background(db2, every 1s): scripted");
    }

    [Fact]
    public async Task A_fail_below_is_counted_once_above_however_often_the_others_are_probed()
    {
        await using EngineUnderTest test = new();
        db1.Sees = Fail;
        Component shop = test.Add(
            new Hysteresis(new All(new Background(db1, Second(10)), new Background(db2, Second(1))), failAfter: 3)
        );
        await test.StartAsync();

        // Turns of the first at 0 and 10 s, and once more from then on every 10 s.
        await test.AdvanceAsync(Second(15), step: Second(0.5));
        db2.Probes.ShouldBeGreaterThan(10);
        shop.LastKnown().State.ShouldBe(Ok);
        await test.AdvanceAsync(Second(10), step: Second(0.5));
        shop.LastKnown().State.ShouldBe(Fail);
    }

    [Fact]
    public async Task To_reorder_a_list_loses_nothing()
    {
        await using EngineUnderTest test = new();
        test.Replace(("shop", Shop(db1, db2)));
        await test.StartAsync();
        db2.Sees = Fail;
        (await EngineUnderTest.PollAsync(test.Of("shop"), 2)).ShouldBe("OO");

        test.Replace(("shop", Shop(db2, db1)));

        test.Of("shop").LastKnown().IsCarriedOver.ShouldBeFalse("it is the same description");
        (await EngineUnderTest.PollAsync(test.Of("shop"), 1)).ShouldBe("F", "the third in a row");

        static All Shop(params ScriptedCheck[] checks) =>
            new(checks.Select(check => new Hysteresis(check, failAfter: 3)));
    }

    [Fact]
    public async Task A_task_keeps_its_state_by_its_name_when_it_and_the_logic_above_are_edited()
    {
        await using EngineUnderTest test = new();
        db1.Sees = Fail;
        test.Replace(("shop", new All(("db1", new Hysteresis(db1, okAfter: 3)), ("db2", db2))));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("shop"), 1)).ShouldBe("F");
        db1.Sees = Ok;

        test.Replace(("shop", new AtLeast([("db1", new Hysteresis(db1, okAfter: 2)), ("new", db2)], count: 2)));

        (await EngineUnderTest.PollAsync(test.Of("shop"), 2)).ShouldBe("FO");
    }

    [Fact]
    public async Task One_latch_below_all_latches_it_and_a_reset_ends_that()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        db1.Sees = Fail;
        test.ReplaceMail(new All(("db1", new Toggle(db1, reset)), ("db2", db2)), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        test.Of("mail").LastKnown().IsLatched.ShouldBeTrue();

        db1.Sees = Ok;
        (await test.PollMailAsync(2)).ShouldBe("FF");
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync(2)).ShouldBe("OO");
    }

    [Fact]
    public async Task Any_is_latched_only_where_all_of_it_is()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        test.ReplaceMail(new Any(("db1", new Toggle(db1, reset)), ("db2", new Toggle(db2, reset))), reset);
        await test.StartAsync();
        db1.Sees = Fail;
        (await test.PollMailAsync(2)).ShouldBe("OO");
        test.Of("mail").LastKnown().IsLatched.ShouldBeFalse();

        db2.Sees = Fail;
        (await test.PollMailAsync()).ShouldBe("F");
        db1.Sees = db2.Sees = Ok;
        (await test.PollMailAsync()).ShouldBe("F");
        test.Of("mail").LastKnown().IsLatched.ShouldBeTrue();

        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_latch_below_not_makes_it_ok()
    {
        await using EngineUnderTest test = new();
        db1.Sees = Fail;
        Component standby = test.Add(new Not(new Toggle(db1, db2)));
        db2.Sees = Fail;
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(standby, 2)).ShouldBe("OO");
        standby.LastKnown().IsLatched.ShouldBeFalse();
        db1.Sees = db2.Sees = Ok;
        (await EngineUnderTest.PollAsync(standby, 2)).ShouldBe("FF");
    }

    [Fact]
    public async Task A_way_back_by_hand_or_by_evidence_is_taken_by_either()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        ScriptedCheck recovered = new() { Name = "recovered", Sees = Fail };
        db1.Sees = Fail;
        test.ReplaceMail(
            new Toggle(db1, new Any(("by-hand", reset), ("by-itself", new Background(recovered, Second(1))))),
            reset
        );
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        db1.Sees = Ok;
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");

        db1.Sees = Fail;
        (await test.PollMailAsync()).ShouldBe("F");
        (db1.Sees, recovered.Sees) = (Ok, Ok);
        await test.AdvanceAsync(Second(2), step: Second(1));
        (await test.PollMailAsync(2)).ShouldBe("OO");
    }

    [Fact]
    public async Task A_way_back_by_hand_that_needs_evidence_as_well_stays_shut_without_it()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        ScriptedCheck recovered = new() { Name = "recovered", Sees = Fail };
        db1.Sees = Fail;
        test.ReplaceMail(
            new Toggle(db1, new All(("by-hand", reset), ("evidence", new Background(recovered, Second(1))))),
            reset
        );
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        db1.Sees = Ok;

        await test.FireMailAsync();
        (await test.PollMailAsync(2)).ShouldBe("FF");

        recovered.Sees = Ok;
        await test.AdvanceAsync(Second(2), step: Second(1));
        await test.FireMailAsync();
        (await test.PollMailAsync(2)).ShouldBe("OO");
    }
}
