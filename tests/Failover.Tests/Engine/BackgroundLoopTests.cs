namespace Failover;

public sealed class BackgroundLoopTests
{
    [Fact]
    public async Task A_loop_runs_at_once_and_then_every_interval_from_start_to_start()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        test.Add(new Background(check, Minute(3)));
        await test.StartAsync();
        check.Probes.ShouldBe(1);

        await test.AdvanceAsync(Second(179));
        check.Probes.ShouldBe(1);
        await test.AdvanceAsync(Second(1));
        check.Probes.ShouldBe(2);
        await test.AdvanceAsync(Minute(9), step: Minute(3));
        check.Probes.ShouldBe(5);
    }

    [Fact]
    public async Task An_explanation_knows_when_the_next_turn_is_due()
    {
        await using EngineUnderTest test = new();
        test.Add(new Background(new ScriptedCheck(), Second(100)));
        Component second = test.Add(new Background(new ScriptedCheck(), Second(100)));
        await test.StartAsync();

        await test.AdvanceAsync(Second(8));

        // The second of two loops takes its second turn after 1 - 0.618 of its interval.
        test.Engine.Explain(second).Outlook.ShouldContain("next probe in 30s");
    }

    [Fact]
    public async Task Many_loops_begin_at_once_and_are_spread_over_the_interval_afterwards()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck[] checks = [.. Enumerable.Range(0, 1000).Select(_ => new ScriptedCheck())];
        foreach (ScriptedCheck check in checks)
        {
            test.Add(new Background(check, Second(10)));
        }

        await test.StartAsync();
        await test.Engine.WhenIdleAsync();
        SpinWait.SpinUntil(() => checks.All(check => check.Probes == 1), Second(30)).ShouldBeTrue();

        List<int> turns = [];
        for (int second = 0; second < 10; second++)
        {
            int before = checks.Sum(check => check.Probes);
            await test.AdvanceAsync(Second(1), step: Second(0.1));
            turns.Add(checks.Sum(check => check.Probes) - before);
        }

        turns.ShouldAllBe(count => count >= 90 && count <= 110);
        checks.ShouldAllBe(check => check.Probes == 2);
    }

    [Fact]
    public async Task A_turn_that_outlasts_the_interval_is_never_doubled_and_is_followed_by_one()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        test.Add(new Background(check, Second(10)));
        test.Engine.Start();
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();

        test.Time.Advance(Second(35));
        check.Probes.ShouldBe(1);

        check.Gate.SetResult();
        SpinWait.SpinUntil(() => check.Probes == 2, Second(30)).ShouldBeTrue();
        await test.Engine.WhenIdleAsync();
        check.Probes.ShouldBe(2, "three turns were missed and one makes up for them");

        await test.AdvanceAsync(Second(5));
        check.Probes.ShouldBe(3, "back on the old beat, at 40 s");
    }

    [Fact]
    public async Task A_pause_is_followed_by_one_turn()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Component component = test.Add(new Background(check, Second(10), staleAfter: Second(30)));
        await test.StartAsync();

        test.Time.Leap(Hour(1));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Error, "the newest result is an hour old");
        await test.AdvanceAsync(Second(0.001));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task A_task_that_throws_does_not_end_its_loop()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Throws = new InvalidOperationException("broken") };
        Component component = test.Add(new Background(check, Second(10)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Error);

        check.Throws = null;
        await test.AdvanceAsync(Second(10));

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_task_that_never_ends_reads_as_stale_and_is_never_started_twice()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck hanging = new() { Timeout = Second(5) };
        ScriptedCheck sound = new();
        Component stale = test.Add(new Background(hanging, Second(10)));
        Component latched = test.Add(new Hysteresis(new Background(hanging, Second(10)), initialState: Ok));
        Component other = test.Add(new Background(sound, Second(10)));
        await test.StartAsync();
        hanging.Gate = new TaskCompletionSource();

        test.Time.Advance(Second(10));
        SpinWait.SpinUntil(() => hanging.Probes == 2, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(25));
        (await EngineUnderTest.PollAsync(stale)).ShouldBe(Ok, "exactly as old as 3 intervals and the longest time");
        test.Time.Advance(Second(1));

        (await EngineUnderTest.PollAsync(stale)).ShouldBe(Error);
        (await EngineUnderTest.PollAsync(latched)).ShouldBe(Error, "an ok may not be served on evidence that old");
        SpinWait.SpinUntil(() => sound.Probes >= 2, Second(30)).ShouldBeTrue();
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Ok);
        hanging.Probes.ShouldBe(2);

        hanging.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        (await EngineUnderTest.PollAsync(stale)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Loops_that_change_during_their_first_turn_leave_room_for_others()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck hanging = new() { Gate = new TaskCompletionSource() };
        test.Replace(("mail", new Background(hanging, Hour(1))));
        test.Engine.Start();
        for (int reload = 1; reload <= 600; reload++)
        {
            test.Replace(("mail", new Background(hanging, Hour(1) + Second(reload))));
        }

        ScriptedCheck check = new();
        test.Replace(("mail", new Background(hanging, Hour(2))), ("web", new Background(check, Hour(1))));

        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        hanging.Gate.SetResult();
    }

    [Fact]
    public async Task Tasks_that_hang_do_not_keep_the_others_from_their_first_turn()
    {
        await using EngineUnderTest test = new();
        TaskCompletionSource never = new();
        ScriptedCheck[] hanging = [.. Enumerable.Range(0, 600).Select(_ => new ScriptedCheck { Gate = never })];
        foreach (ScriptedCheck check in hanging)
        {
            test.Add(new Background(check, Minute(1)));
        }

        Component component = test.Add(new Background(new ScriptedCheck(), Minute(1)));
        test.Engine.Start();

        // 256 slots, lent for 250 ms each: the 601st has its turn in the third one; a slow machine gets a few more.
        int begun = 0;
        for (int second = 0; second < 10 && component.LastKnown().State != Ok; second++)
        {
            SpinWait.SpinUntil(() => component.LastKnown().State == Ok || Begun() > begun, Second(30)).ShouldBeTrue();
            begun = Begun();
            test.Time.Advance(Second(1));
        }

        SpinWait.SpinUntil(() => component.LastKnown().State == Ok, Second(30)).ShouldBeTrue();
        never.SetResult();

        int Begun() => hanging.Sum(check => check.Probes);
    }
}
