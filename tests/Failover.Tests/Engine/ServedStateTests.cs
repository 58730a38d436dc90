namespace Failover;

/// <summary>A changed description never changes what is served: that takes new evidence.</summary>
public sealed class ServedStateTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck before = new() { Name = "tcp(timeout: 10s)" };
    private readonly ScriptedCheck after = new() { Name = "tcp(timeout: 9s)" };

    [Fact]
    public async Task A_target_that_is_down_stays_fail_under_another_check_on_demand()
    {
        await using EngineUnderTest test = new();
        before.Sees = after.Sees = Fail;
        test.ReplaceMail(new Hysteresis(before, failAfter: Count(3)));
        await test.StartAsync();
        (await test.PollMailAsync(3)).ShouldBe("OOF");

        test.ReplaceMail(new Hysteresis(after, failAfter: Count(3)));

        test.Of("mail").LastKnown().State.ShouldBe(Fail);
        (await test.PollMailAsync(5)).ShouldBe("FFFFF");
        after.Sees = Ok;
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_target_that_is_down_stays_fail_under_another_check_in_the_background()
    {
        await using EngineUnderTest test = new();
        before.Sees = after.Sees = Fail;
        test.ReplaceMail(new Hysteresis(new Background(before, Second(10)), failAfter: Count(3)));
        await test.StartAsync();
        await test.AdvanceAsync(Second(20), step: Second(10));
        (await test.PollMailAsync()).ShouldBe("F");

        test.ReplaceMail(new Hysteresis(new Background(after, Second(10)), failAfter: Count(3)));

        for (int turn = 0; turn < 5; turn++)
        {
            (await test.PollMailAsync()).ShouldBe("F");
            await test.AdvanceAsync(Second(10));
        }

        after.Probes.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_target_that_is_down_stays_fail_where_a_toggle_is_put_above_it()
    {
        await using EngineUnderTest test = new();
        before.Sees = after.Sees = Fail;
        Oneshot reset = new();
        test.ReplaceMail(new Hysteresis(before, failAfter: Count(3)));
        await test.StartAsync();
        (await test.PollMailAsync(3)).ShouldBe("OOF");

        test.ReplaceMail(new Toggle(new Hysteresis(after, failAfter: Count(5)), reset), reset);

        test.Of("mail").LastKnown().State.ShouldBe(Fail);
        test.Of("mail").LastKnown().IsLatched.ShouldBeFalse("a reload makes no latch");
        (await test.PollMailAsync(5)).ShouldBe("FFFFF");
    }

    [Fact]
    public async Task A_healthy_background_stays_ok_under_another_check_until_that_says_otherwise()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(new Background(before, Second(10)));
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("O");

        after.Gate = new TaskCompletionSource();
        test.ReplaceMail(new Background(after, Second(10)));
        (await test.PollMailAsync()).ShouldBe("O", "before the first probe of the new check");
        SpinWait.SpinUntil(() => after.Probes == 1, Second(30)).ShouldBeTrue("which begins at once");

        after.Sees = Fail;
        after.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        (await test.PollMailAsync()).ShouldBe("F");
    }

    [Fact]
    public async Task A_carried_over_ok_keeps_its_stale_bound()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(new Background(before, Second(10), staleAfter: Second(20)));
        await test.StartAsync();
        await test.AdvanceAsync(Second(5));

        after.Gate = new TaskCompletionSource();
        test.ReplaceMail(new Background(after, Second(10), staleAfter: Second(60)));
        test.Time.Advance(Second(15));
        (await test.PollMailAsync()).ShouldBe("O");
        test.Time.Advance(Second(0.001));
        (await test.PollMailAsync()).ShouldBe("E");
        after.Gate.SetResult();
    }

    [Fact]
    public async Task An_error_does_not_end_a_carried_over_state()
    {
        await using EngineUnderTest test = new();
        before.Sees = Fail;
        test.ReplaceMail(before);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        after.Sees = Error;
        test.ReplaceMail(after);
        (await test.PollMailAsync(3)).ShouldBe("FFF");
        after.Sees = Ok;
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_carried_over_ok_yields_when_the_new_check_hangs()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(before);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("O");

        after.Gate = new TaskCompletionSource();
        test.ReplaceMail(after);
        Task<string> poll = test.PollMailAsync();
        test.Time.Advance(Second(30));

        (await poll).ShouldBe("E", "as without the reload: no evaluation has said ok for three times the longest time");
        after.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_probe_for_another_component_does_not_end_what_is_carried_over_before_it_is_judged()
    {
        await using EngineUnderTest test = new();
        before.Sees = after.Sees = Fail;
        Replace(new Hysteresis(before), before);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("other"))).ShouldBe(Fail);

        Replace(new Toggle(after, new Oneshot()), after);
        (await EngineUnderTest.PollAsync(test.Of("other"))).ShouldBe(Fail);

        test.Of("mail").LastKnown().State.ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);
        (await test.EventsAsync()).OfType<StateChange>().ShouldAllBe(change => change.To == Fail);

        void Replace(HealthTask mail, HealthTask shared) =>
            test.ReplaceNamed([(shared, "shared")], ("mail", mail, null), ("other", shared, null));
    }

    [Theory]
    [InlineData(HealthState.Ok, "O")]
    [InlineData(HealthState.Fail, "F")]
    public async Task A_restart_with_another_check_changes_nothing_either(HealthState state, string served)
    {
        before.Sees = after.Sees = state;
        await RunAsync(before, async first => (await first.PollMailAsync()).ShouldBe(served));
        int transitions = store.Written.Sum(write => write.Transitions.Length);

        after.Gate = new TaskCompletionSource();
        await RunAsync(
            after,
            async second =>
            {
                second.Of("mail").LastKnown().State.ShouldBe(state);
                (await second.PollMailAsync()).ShouldBe(served, "before the first probe");
                after.Gate.SetResult();
                await second.Engine.WhenIdleAsync();
                (await second.PollMailAsync()).ShouldBe(served);
            }
        );
        store.Written.Sum(write => write.Transitions.Length).ShouldBe(transitions);

        async Task RunAsync(HealthTask check, Func<EngineUnderTest, Task> act)
        {
            await using EngineUnderTest test = new(store);
            test.ReplaceMail(new Background(check, Second(10)));
            test.Engine.Start();
            if (check == before)
            {
                await test.Engine.WhenIdleAsync();
            }

            await act(test);
        }
    }

    [Fact]
    public async Task A_state_belongs_to_the_path()
    {
        await using EngineUnderTest test = new();
        before.Sees = Fail;
        test.Replace(("a", new Hysteresis(before)), ("b", new Hysteresis(after)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("a"))).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Ok);

        test.Replace(("a", new Hysteresis(after)), ("b", new Hysteresis(before)));

        (test.Of("a").LastKnown().State, test.Of("b").LastKnown().State).ShouldBe(
            (Fail, Ok),
            "swapped, not judged yet"
        );
        (await EngineUnderTest.PollAsync(test.Of("a"))).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
