using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>While too many components of a group fail at once, moves to fail are delayed.</summary>
public sealed class GuardedComponentTests : IAsyncDisposable
{
    private static readonly Guard OneOfThree = new("mail", maxFailing: 1, maxDelay: Minute(10));

    private readonly EngineUnderTest test = new();
    private readonly ScriptedCheck[] checks = [.. "abc".Select(name => new ScriptedCheck { Name = name.ToString() })];

    [Fact]
    public async Task As_many_as_are_allowed_fail_and_what_fails_beyond_that_stays_ok()
    {
        await StartAsync(OneOfThree);
        Fail("a");
        (await PollAsync()).ShouldBe("FOO");

        Fail("b");
        (await PollAsync()).ShouldBe("FOO");
        Snapshot held = test.Of("b").LastKnown();
        (held.IsGuarded, held.Reason).ShouldBe((true, "fail delayed by guard mail: scripted"));
        test.Of("a").LastKnown().IsGuarded.ShouldBeFalse("what fails already stays so");
        (await StepsAsync()).ShouldBe(["Tripped 2 of 3"]);
    }

    [Fact]
    public async Task Toggles_do_not_latch_meanwhile()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/users"));
        await StartAsync(OneOfThree, check => new Toggle(check, reset), reset);
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");
        Latched().ShouldBe("a");

        Recover("b");
        (await PollAsync()).ShouldBe("FOO");
        Latched().ShouldBe("a", "it has never latched");
    }

    [Fact]
    public async Task They_latch_by_what_they_saw_when_the_delay_is_over()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/users"));
        await StartAsync(OneOfThree, check => new Toggle(check, reset), reset);
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");

        test.Time.Advance(Minute(10));
        test.Of("b").LastKnown().IsLatched.ShouldBeTrue();
        Latched().ShouldBe("ab");
        (await PollAsync()).ShouldBe("FFO");
        Fail("c");
        (await PollAsync()).ShouldBe("FFF", "tripped still, and its time is over");
        (await StepsAsync()).ShouldBe(["Tripped 2 of 3", "Expired 2 of 3"]);
    }

    [Fact]
    public async Task A_person_can_release_it()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");

        test.Engine.ReleaseGuard("mail").ShouldBeTrue();

        test.Of("b").LastKnown().State.ShouldBe(HealthState.Fail);
        test.Engine.ReleaseGuard("mail").ShouldBeFalse("it delays nothing");
        test.Engine.ReleaseGuard("nothing").ShouldBeFalse();
        (await StepsAsync()).ShouldBe(["Tripped 2 of 3", "Released 2 of 3"]);
    }

    [Fact]
    public async Task It_trips_anew_after_so_many_have_recovered()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();
        test.Engine.ReleaseGuard("mail");
        Recover("a", "b");
        (await PollAsync()).ShouldBe("OOO");

        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");
        (await StepsAsync()).ShouldBe(["Tripped 2 of 3", "Released 2 of 3", "Over 1 of 3", "Tripped 2 of 3"]);
    }

    [Fact]
    public async Task An_error_is_counted_for_no_longer_than_the_guard_is_tripped()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();
        checks[1].Sees = HealthState.Error;
        await PollAsync();

        Recover("a");
        await PollAsync();

        (await StepsAsync()).ShouldBe(["Tripped 2 of 3", "Over 0 of 3"]);
    }

    [Fact]
    public async Task Where_one_recovers_the_others_are_served_as_they_are()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");

        Recover("a");
        (await PollAsync()).ShouldBe("OFO");
    }

    [Fact]
    public async Task A_task_in_common_is_counted_before_anything_latches()
    {
        ScriptedCheck check = new() { Name = "common" };
        Background common = new(check, Second(10), Ok);
        test.Engine.Replace(
            [
                .. "abc".Select(name => new ComponentDescription(
                    $"{name}",
                    new Toggle(common, new Oneshot(auth: new HtpasswdFile($"/{name}"))),
                    null
                )
                {
                    Guard = OneOfThree,
                }),
            ],
            new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [common] = "common" }
        );
        await test.StartAsync();
        check.Sees = HealthState.Fail;
        await test.AdvanceAsync(Second(10));

        (await PollAsync()).ShouldBe("OOO");
        Latched().ShouldBe("");
        await test.AdvanceAsync(Minute(10));
        Latched().ShouldBe("abc");
    }

    [Fact]
    public async Task A_toggle_that_another_component_uses_too_latches_at_once()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/users"));
        Toggle shared = new(checks[1], reset);
        test.Engine.Replace(
            [
                new("a", checks[0]) { Guard = OneOfThree },
                new("b", shared, reset.Fire) { Guard = OneOfThree },
                new("c", shared, reset.Fire),
            ],
            new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [shared] = "shared" }
        );
        await test.StartAsync();
        (await PollAsync()).ShouldBe("OOO");
        Fail("a", "b");

        (await PollAsync()).ShouldBe("FFF");
        Latched().ShouldBe("bc");
    }

    [Fact]
    public async Task An_initial_state_is_no_failure()
    {
        test.Engine.Replace(
            [
                .. checks.Select(check => new ComponentDescription(check.Name, new Background(check, Second(10)))
                {
                    Guard = OneOfThree,
                }),
            ],
            Graph.NoNames
        );
        await test.StartAsync();

        (await PollAsync()).ShouldBe("OOO");
        (await StepsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_edited_guard_keeps_what_it_delays()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();
        test.Time.Advance(Minute(4));

        Replace(new Guard("mail", maxFailingPercent: 50, maxDelay: Minute(5)), check => check, null);
        test.Of("b").LastKnown().IsGuarded.ShouldBeTrue();
        test.Time.Advance(Minute(1));
        test.Of("b").LastKnown().State.ShouldBe(HealthState.Fail);

        Replace(null, check => check, null);
        test.Of("b").LastKnown().State.ShouldBe(HealthState.Fail);
    }

    [Fact]
    public async Task Without_its_guard_a_component_is_served_as_it_is()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();

        Replace(null, check => check, null);

        test.Of("b").LastKnown().State.ShouldBe(HealthState.Fail);
    }

    [Fact]
    public async Task A_guard_of_another_name_goes_on_with_what_is_delayed_and_a_reload_makes_no_latch()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/users"));
        await StartAsync(OneOfThree, check => new Toggle(check, reset), reset);
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");

        Replace(new Guard("post", maxFailing: 1), check => new Toggle(check, reset), reset);
        test.Of("b").LastKnown().IsGuarded.ShouldBeTrue();
        Latched().ShouldBe("a");

        Replace(new Guard("post", maxFailing: 3), check => new Toggle(check, reset), reset);
        (test.Of("b").LastKnown().State, Latched()).ShouldBe((HealthState.Fail, "a"), "judged, and not latched");
        (await PollAsync()).ShouldBe("FFO");
        Latched().ShouldBe("ab", "once it is judged again");
    }

    [Fact]
    public async Task A_delay_that_an_edit_has_made_shorter_than_it_has_lasted_is_over()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();
        test.Time.Advance(Minute(4));

        Replace(new Guard("mail", maxFailing: 1, maxDelay: Minute(2)), check => check, null);

        test.Of("b").LastKnown().State.ShouldBe(HealthState.Fail);
    }

    [Fact]
    public async Task An_error_ends_no_delay_and_prolongs_none()
    {
        test.Engine.Replace(
            [
                .. checks.Select(check => new ComponentDescription(
                    check.Name,
                    check,
                    OnError: ErrorHandling.Of(OnError.Hold, Hour(1))
                )
                {
                    Guard = OneOfThree,
                }),
            ],
            Graph.NoNames
        );
        await test.StartAsync();
        (await PollAsync()).ShouldBe("OOO");
        Fail("a", "b");
        (await PollAsync()).ShouldBe("FOO");

        Set(["a", "b"], Error);
        (await PollAsync()).ShouldBe("FOO");
        test.Of("b").LastKnown().IsGuarded.ShouldBeTrue("it has failed, and an error does not say otherwise");
        Fail("c");
        (await PollAsync()).ShouldBe("FOO");

        test.Time.Advance(Minute(10));
        test.Of("b")
            .LastKnown()
            .State.ShouldBe(HealthState.Fail, "its last judgement is held, and not the ok of the guard");
    }

    [Fact]
    public async Task What_the_process_before_served_as_fail_counts()
    {
        ScriptedStore store = new();
        await using (EngineUnderTest first = new(store))
        {
            first.Engine.Replace(Guarded(), Graph.NoNames);
            await first.StartAsync();
            (await PollAsync(first)).ShouldBe("OOO");
            Fail("a", "b");
            (await PollAsync(first)).ShouldBe("FOO");
        }

        await using EngineUnderTest next = new(store);
        next.Engine.Replace(Guarded(), Graph.NoNames);
        await next.StartAsync();

        (await EngineUnderTest.PollAsync(next.Of("b"), 1)).ShouldBe("O");
        next.Of("b").LastKnown().IsGuarded.ShouldBeTrue();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task It_is_measured_while_it_is_tripped()
    {
        int tripped = 0;
        Guard measured = new("measured", maxFailing: 1);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "failover.guard.tripped")
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, by, tags, _) => tripped += tags[0].Value is "measured" ? by : 0);
        listener.Start();
        await StartAsync(measured);

        Fail("a", "b");
        await PollAsync();
        tripped.ShouldBe(1);
        test.Engine.ReleaseGuard("measured");
        tripped.ShouldBe(1, "released, and tripped still");
        Recover("a");
        await PollAsync();
        tripped.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_reads_later_than_the_delay_reads_fail()
    {
        await StartAsync(OneOfThree);
        Fail("a", "b");
        await PollAsync();
        Snapshot held = test.Of("b").LastKnown();

        Snapshot read = held.ReadAt(test.Engine.Clock.Now + Minute(11));

        (read.State, read.Reason, read.IsGuarded).ShouldBe((HealthState.Fail, "scripted", false));
    }

    private ComponentDescription[] Guarded() =>
        [.. checks.Select(check => new ComponentDescription(check.Name, check) { Guard = OneOfThree })];

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private async Task StartAsync(Guard guard, Func<HealthTask, HealthTask>? wrap = null, Oneshot? reset = null)
    {
        Replace(guard, wrap ?? (check => check), reset);
        await test.StartAsync();
        (await PollAsync()).ShouldBe("OOO");
    }

    private void Replace(Guard? guard, Func<HealthTask, HealthTask> wrap, Oneshot? reset) =>
        test.Engine.Replace(
            [
                .. checks.Select(check => new ComponentDescription(check.Name, wrap(check), reset?.Fire)
                {
                    Guard = guard,
                }),
            ],
            Graph.NoNames
        );

    private void Fail(params string[] names) => Set(names, HealthState.Fail);

    private void Recover(params string[] names) => Set(names, Ok);

    private void Set(string[] names, HealthState state)
    {
        foreach (ScriptedCheck check in checks.Where(check => names.Contains(check.Name)))
        {
            check.Sees = state;
        }
    }

    private Task<string> PollAsync() => PollAsync(test);

    private static async Task<string> PollAsync(EngineUnderTest test)
    {
        string answers = "";
        foreach (Component component in test.Engine.Components)
        {
            answers += await EngineUnderTest.PollAsync(component, 1);
        }

        return answers;
    }

    private string Latched() =>
        string.Concat(test.Engine.Components.Where(one => one.LastKnown().IsLatched).Select(one => one.Name));

    private async Task<string[]> StepsAsync() =>
        [
            .. (await test.EventsAsync())
                .OfType<GuardChange>()
                .Select(change => $"{change.Step} {change.Failing} of {change.Members}"),
        ];
}
