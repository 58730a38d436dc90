namespace Failover;

/// <summary>Other descriptions in place of those that are served: what keeps its state, and what begins.</summary>
public sealed class ReplaceTests
{
    private readonly ScriptedCheck check = new();

    [Fact]
    public async Task Unchanged_components_keep_their_streak_of_evidence()
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
    public async Task A_changed_description_keeps_its_state_and_counts_on()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFO");

        test.Replace(("mail", Judged(okAfter: 4)));
        (await EngineUnderTest.PollAsync(test.Of("mail"), 2)).ShouldBe("OO");

        test.Replace(("mail", Judged(failAfter: 3)));
        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(test.Of("mail"), 2)).ShouldBe("OO");
        test.Replace(("mail", Judged(failAfter: 4)));
        (await EngineUnderTest.PollAsync(test.Of("mail"), 2)).ShouldBe("OF", "the fourth of four");
    }

    [Fact]
    public async Task A_streak_of_evidence_restarts_where_the_task_below_has_changed()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"), 2)).ShouldBe("FF");

        test.Replace(("mail", new Hysteresis(new Hysteresis(check), initialState: Fail, okAfter: Count(3))));

        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFO");
    }

    [Fact]
    public async Task Another_deadline_is_no_other_task()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", Judged()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFO");

        test.Engine.Replace([new("mail", Judged(), ResponseDeadline: Second(2))], Graph.NoNames);

        test.Of("mail").Description.ResponseDeadline.ShouldBe(Second(2));
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_named_task_keeps_its_state_below_components_that_change()
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
            engine.ReplaceNamed(
                [(named, "named")],
                ("shared", named, null),
                ("other", new Hysteresis(named, initialState: Fail, okAfter: Count(okAfter)), null)
            );
        }
    }

    [Fact]
    public async Task Unchanged_loops_keep_their_beat_new_ones_begin_at_once_and_others_end()
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
    public async Task Whoever_waits_for_a_probe_of_before_is_answered_by_the_new_description()
    {
        await using EngineUnderTest test = new();
        test.Replace(("mail", new Hysteresis(check)));
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("O");
        check.Gate = new TaskCompletionSource();
        check.Sees = Fail;
        Task<string> poll = test.PollMailAsync();
        ScriptedCheck other = new() { Gate = new TaskCompletionSource(), Name = "other" };

        test.Replace(("mail", new Hysteresis(other, okAfter: Count(2))));
        check.Gate.SetResult();
        SpinWait.SpinUntil(() => other.Probes == 1, Second(30)).ShouldBeTrue();
        poll.IsCompleted.ShouldBeFalse("what the old check saw is of another description");
        other.Gate.SetResult();

        (await poll).ShouldBe("O");
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task An_evaluation_that_began_earlier_restarts_nothing()
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
            test.ReplaceNamed([(named, "named")], ("shared", named, null), ("mail", new Toggle(named, toOk), null));
        }
    }

    [Fact]
    public async Task A_new_description_of_a_latch_is_reset_by_its_own_oneshot()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Oneshot before = new();
        test.ReplaceMail(new Toggle(check, before), before);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        Oneshot reset = new();
        test.ReplaceMail(new Toggle(check, reset), reset);
        check.Sees = Ok;

        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_fire_whose_password_was_checked_before_a_reload_counts_after_it()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Oneshot reset = new();
        test.ReplaceMail(new Toggle(check, reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        Component posted = test.Of("mail");
        Oneshot equal = new();
        test.ReplaceMail(new Toggle(check, equal), equal);

        (await test.FireAsync(posted)).ShouldBe(OperationOutcome.Armed);
    }

    [Fact]
    public async Task A_fire_for_a_component_that_is_no_longer_served_resets_nothing()
    {
        await using EngineUnderTest test = new();
        check.Sees = Fail;
        Oneshot reset = new();
        test.ReplaceMail(new Toggle(check, reset), reset);
        await test.StartAsync();
        Component posted = test.Of("mail");
        (await test.PollMailAsync()).ShouldBe("F");

        test.Replace();

        (await test.FireAsync(posted)).ShouldBe(OperationOutcome.NothingToReset);
    }

    [Fact]
    public async Task A_new_toggle_hands_over_to_a_named_oneshot_that_keeps_its_state()
    {
        await using EngineUnderTest test = new();
        Replace(new Oneshot(), failAfter: 1);
        await test.StartAsync();

        Replace(new Oneshot(), failAfter: 2);
        check.Sees = Fail;
        (await test.PollMailAsync(2)).ShouldBe("OF");
        check.Sees = Ok;
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");

        void Replace(Oneshot named, int failAfter) =>
            test.ReplaceNamed(
                [(named, "reset")],
                ("mail", new Toggle(new Hysteresis(check, failAfter: Count(failAfter)), named), named)
            );
    }

    [Fact]
    public async Task A_node_that_kept_its_state_through_several_changes_is_explained()
    {
        await using EngineUnderTest test = new();
        for (int okAfter = 3; okAfter < 7; okAfter++)
        {
            HealthTask named = new Hysteresis(Judged());
            test.ReplaceNamed(
                [(named, "named")],
                ("mail", new Hysteresis(new Hysteresis(named), okAfter: Count(okAfter / 2)), null)
            );
            if (okAfter == 3)
            {
                await test.StartAsync();
            }

            (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldNotBe(Error);
            test.Engine.Explain(test.Of("mail")).Children.ShouldHaveSingleItem();
        }
    }

    private Hysteresis Judged(int okAfter = 3, int failAfter = 1) =>
        new(check, initialState: Fail, okAfter: Count(okAfter), failAfter: Count(failAfter));
}
