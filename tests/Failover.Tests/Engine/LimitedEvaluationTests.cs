namespace Failover;

/// <summary>Evaluations that are given up, spared, or depend on others.</summary>
public sealed class LimitedEvaluationTests
{
    private readonly ScriptedCheck check = new() { Name = "check" };
    private readonly ScriptedCheck gateway = new() { Name = "gateway" };

    [Fact]
    public async Task At_a_deadline_the_answer_is_fail_and_what_hangs_is_not_started_again()
    {
        await using EngineUnderTest test = new();
        check.Gate = new();
        Component mail = test.Add(new Deadline(new All(check, gateway), Second(3)), name: "mail");
        await test.StartAsync();

        Task<HealthState> answer = EngineUnderTest.PollAsync(mail);
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(2.9));
        answer.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.1));
        (await answer).ShouldBe(Fail);
        mail.LastKnown().Reason.ShouldBe("timed out after 3s");

        answer = EngineUnderTest.PollAsync(mail);
        check.Gate.SetResult();
        (await answer).ShouldBe(Fail, "the probe that runs has taken too long already");
        (check.Probes, check.MostAtOnce).ShouldBe((1, 1));
        (await EngineUnderTest.PollAsync(mail)).ShouldBe(Ok);
        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task What_another_component_began_has_been_waited_for_since_then()
    {
        await using EngineUnderTest test = new();
        check.Gate = new();
        Component first = test.Add(check, name: "first");
        Component mail = test.Add(new Deadline(check, Second(3)), name: "mail");
        await test.StartAsync();

        Task<HealthState> all = EngineUnderTest.PollAsync(first);
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        test.Time.Advance(Second(2));
        Task<HealthState> answer = EngineUnderTest.PollAsync(mail);
        test.Time.Advance(Second(1));

        (await answer).ShouldBe(Fail);
        check.Gate.SetResult();
        (await all).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_loop_goes_on_after_a_deadline()
    {
        await using EngineUnderTest test = new();
        check.Gate = new();
        Component mail = test.Add(new Background(new Deadline(check, Second(3)), Second(10)));
        test.Engine.Start();
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();

        test.Time.Advance(Second(3));
        mail.LastKnown().State.ShouldBe(Fail);

        check.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        await test.AdvanceAsync(Second(7));
        mail.LastKnown().State.ShouldBe(Ok);
    }

    [Fact]
    public async Task Requests_within_the_age_of_a_cache_share_a_result()
    {
        await using EngineUnderTest test = new();
        Component mail = test.Add(new Hysteresis(new Cache(check, Second(5)), failAfter: 2));
        await test.StartAsync();
        check.Sees = Fail;

        (await EngineUnderTest.PollAsync(mail, 5)).ShouldBe("OOOOO", "one observation, however often it is read");
        await test.AdvanceAsync(Second(5));
        (await EngineUnderTest.PollAsync(mail, 1)).ShouldBe("O");
        check.Probes.ShouldBe(1);
        await test.AdvanceAsync(Second(0.001));
        (await EngineUnderTest.PollAsync(mail, 1)).ShouldBe("F");
        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task A_toggle_that_has_moved_is_not_moved_back_by_what_was_cached_before()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Component mail = test.Add(new Toggle(check, new Cache(gateway, Second(5))));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(mail, 2)).ShouldBe("FO");
        (await EngineUnderTest.PollAsync(mail, 1)).ShouldBe("F");

        gateway.Sees = Fail;
        (await EngineUnderTest.PollAsync(mail, 2)).ShouldBe("FF");
    }

    [Fact]
    public async Task A_fail_counts_only_while_what_it_depends_on_is_up()
    {
        await using EngineUnderTest test = new();
        Component mail = test.Add(new Hysteresis(new Depends(check, on: gateway), failAfter: 2));
        await test.StartAsync();
        (check.Sees, gateway.Sees) = (Fail, Fail);

        (await EngineUnderTest.PollAsync(mail, 5)).ShouldBe("OOOOO");
        mail.LastKnown().Reason.ShouldBe("held, could not tell: what it depends on is fail; scripted");
        gateway.Sees = Ok;
        (await EngineUnderTest.PollAsync(mail, 2)).ShouldBe("OF");
    }

    [Fact]
    public async Task A_fail_in_the_background_waits_for_the_next_turn_of_what_it_depends_on()
    {
        await using EngineUnderTest test = new();
        Component mail = test.Add(
            new Depends(new Background(check, Second(10)), on: new Background(gateway, Second(10)))
        );
        await test.StartAsync();
        mail.LastKnown().State.ShouldBe(Ok);
        check.Sees = Fail;

        // The second loop takes its second turn at 3.8 s, the first one at 10 s.
        await test.AdvanceAsync(Second(10), step: Second(0.1));
        mail.LastKnown().State.ShouldBe(Error);
        await test.AdvanceAsync(Second(4), step: Second(0.1));
        mail.LastKnown().State.ShouldBe(Fail);
    }
}
