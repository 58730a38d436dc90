namespace Failover;

/// <summary>Other components in place of those that are served: what goes on and what begins anew.</summary>
public sealed class GraphTests
{
    private readonly ScriptedCheck check = new();

    [Fact]
    public async Task What_is_described_as_before_goes_on_with_its_run_of_evidence()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        Component before = test.Of("mail");
        (await EngineUnderTest.PollAsync(before, 2)).ShouldBe("FF");

        test.Replace(("web", new Hysteresis(new ScriptedCheck())), ("mail", Judged()));

        test.Of("mail").ShouldBeSameAs(before);
        (await EngineUnderTest.PollAsync(before)).ShouldBe(Ok, "the third of three");
    }

    [Fact]
    public async Task What_is_described_otherwise_begins_anew()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFO");

        test.Replace(("mail", Judged(okAfter: 4)));

        (await EngineUnderTest.PollAsync(test.Of("mail"), 4)).ShouldBe("FFFO");
    }

    [Fact]
    public async Task Another_deadline_is_no_other_task()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFO");

        test.Engine.Replace([new("mail", Judged(), ResponseDeadline: Second(2))], HealthEngine.NoNames);

        test.Of("mail").Description.ResponseDeadline.ShouldBe(Second(2));
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_task_with_a_name_goes_on_below_components_that_change()
    {
        await using EngineUnderTest test = new();
        Replace(test, okAfter: 3);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("shared"), 3)).ShouldBe("FFO");

        Replace(test, okAfter: 5);

        (await EngineUnderTest.PollAsync(test.Of("shared"))).ShouldBe(Ok);

        void Replace(EngineUnderTest engine, int okAfter)
        {
            HealthTask named = Judged();
            engine.Engine.Replace(
                [
                    new("shared", named),
                    new("other", new Hysteresis(named, initialState: Fail, okAfter: Count(okAfter))),
                ],
                new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [named] = "named" }
            );
        }
    }

    [Fact]
    public async Task Loops_that_go_on_keep_their_beat_new_ones_begin_at_once_and_others_end()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck added = new();
        test.Replace(("a", new Background(check, Second(10))));
        await test.StartAsync();
        check.Probes.ShouldBe(1);

        await test.AdvanceAsync(Second(4));
        test.Replace(("a", new Background(check, Second(10))), ("b", new Background(added, Second(20))));
        await test.Engine.WhenIdleAsync();
        (check.Probes, added.Probes).ShouldBe((1, 1));
        await test.AdvanceAsync(Second(6));
        (check.Probes, added.Probes).ShouldBe((2, 1));

        test.Replace(("b", new Background(added, Second(20))));
        await test.AdvanceAsync(Second(60), step: Second(10));
        check.Probes.ShouldBe(2);
        added.Probes.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task A_look_that_is_under_way_answers_those_who_wait_and_changes_nothing_else()
    {
        await using EngineUnderTest test = new();
        check.Gate = new TaskCompletionSource();
        check.Sees = Fail;
        test.Replace(("mail", new Hysteresis(check)));
        await test.StartAsync();
        Task<HealthState> poll = EngineUnderTest.PollAsync(test.Of("mail"));
        ScriptedCheck other = new();

        test.Replace(("mail", new Hysteresis(other, okAfter: Count(2))));
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
        check.Gate.SetResult();

        (await poll).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_look_that_is_under_way_has_nothing_that_goes_on_start_afresh()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck other = new() { Sees = Fail };
        Replace(other);
        check.Sees = Fail;
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("shared"), 2)).ShouldBe("OF");
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);

        other.Sees = Ok;
        other.Gate = new TaskCompletionSource();
        Task<HealthState> poll = EngineUnderTest.PollAsync(test.Of("mail"));
        Replace(new Oneshot());
        other.Gate.SetResult();
        await poll;
        (await EngineUnderTest.PollAsync(test.Of("shared"))).ShouldBe(Fail);

        void Replace(HealthTask toOk)
        {
            HealthTask named = new Hysteresis(check, failAfter: Count(2));
            test.Engine.Replace(
                [new("shared", named), new("mail", new Toggle(named, toOk))],
                new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [named] = "named" }
            );
        }
    }

    [Fact]
    public async Task A_button_of_before_still_resets_what_goes_on()
    {
        await using EngineUnderTest test = new();
        Oneshot reset = new();
        check.Sees = Fail;
        test.Replace(("mail", new Toggle(check, reset)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);

        test.Replace(("mail", new Toggle(check, new Oneshot())));
        check.Sees = Ok;

        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_toggle_that_is_new_hands_over_to_a_named_task_that_goes_on()
    {
        await using EngineUnderTest test = new();
        Replace(new Oneshot(), failAfter: 1);
        await test.StartAsync();

        Oneshot reset = new();
        Replace(reset, failAfter: 2);
        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(test.Of("mail"), 2)).ShouldBe("OF");
        check.Sees = Ok;
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);

        void Replace(Oneshot named, int failAfter) =>
            test.Engine.Replace(
                [new("mail", new Toggle(new Hysteresis(check, failAfter: Count(failAfter)), named))],
                new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [named] = "reset" }
            );
    }

    [Fact]
    public async Task What_has_gone_on_through_several_changes_is_explained()
    {
        await using EngineUnderTest test = new();
        for (int okAfter = 3; okAfter < 7; okAfter++)
        {
            HealthTask named = new Hysteresis(Judged());
            test.Engine.Replace(
                [new("mail", new Hysteresis(new Hysteresis(named), okAfter: Count(okAfter / 2)))],
                new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [named] = "named" }
            );
            if (okAfter == 3)
            {
                await test.StartAsync();
            }

            (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldNotBe(Error);
            test.Engine.Explain(test.Of("mail")).Children.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task The_newest_button_still_resets_while_it_is_replaced_by_an_equal_one()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Oneshot reset = new();
        test.Replace(("mail", new Toggle(check, new Oneshot())));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);

        test.Replace(("mail", new Toggle(check, reset)));
        test.Replace(("mail", new Toggle(check, new Oneshot())));

        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed, "a password takes a while to check");
    }

    private Hysteresis Judged(int okAfter = 3) => new(check, initialState: Fail, okAfter: Count(okAfter));
}
