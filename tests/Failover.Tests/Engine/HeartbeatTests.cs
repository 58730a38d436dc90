namespace Failover;

/// <summary>A heartbeat in an engine: silence, latches, restarts and reloads.</summary>
public sealed class HeartbeatTests : IAsyncDisposable
{
    private static readonly TimeSpan Grace = Minute(5);

    private readonly ScriptedStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static HeartbeatCheck Hourly(string? name = null) => new(every: Hour(1), grace: Grace, name: name);

    private static Snapshot Shown(EngineUnderTest test, string component = "backup") => test.Of(component).LastKnown();

    private static async Task<EngineUnderTest> StartAsync(
        HealthTask task,
        IStateStore? store = null,
        Oneshot? reset = null
    )
    {
        EngineUnderTest test = new(store);
        test.Add(task, name: "backup", onPost: reset);
        await test.StartAsync();
        return test;
    }

    [Fact]
    public async Task Silence_fails_a_tick_after_the_grace_and_a_beat_ends_it_at_once()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Time.Advance(Minute(30));
        test.Engine.Beat("backup", Observation.Ok("3 GB")).ShouldBe(false, "ok as before");
        Shown(test).Reason.ShouldBe("3 GB");

        await test.AdvanceAsync(Minute(65), step: Minute(5));
        Shown(test).State.ShouldBe(Ok, "exactly as late as it may be");
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
        Shown(test).Reason.ShouldBe("no beat in 1h5m");

        test.Engine.Beat("backup", Observation.Ok()).ShouldBe(true);
        Shown(test).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_reader_believes_an_ok_no_longer_than_the_timer_would()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());

        Shown(test).FreshUntil.ShouldBe(new(Minute(65)));
        test.Of("backup").Served.IsOnDemand.ShouldBeFalse("answered from memory");
    }

    [Fact]
    public async Task A_beat_to_an_unknown_name_is_reported()
    {
        await using EngineUnderTest test = await StartAsync(new All(Hourly(), new HeartbeatCheck(Hour(1), name: "b")));

        test.Engine.Beat("nightly", Observation.Ok()).ShouldBeNull();
        test.Engine.Beat("b", Observation.Fail("full")).ShouldBe(true);
        Shown(test).State.ShouldBe(Fail);
        test.Engine.Beat("backup", Observation.Ok()).ShouldBe(false);
        Shown(test).State.ShouldBe(Fail);
        test.Engine.Beat("b", Observation.Ok()).ShouldBe(true);
        Shown(test).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_hysteresis_counts_the_periods_that_pass_in_silence()
    {
        await using EngineUnderTest test = await StartAsync(new Hysteresis(Hourly(), failAfter: Count(3)));
        test.Engine.Beat("backup", Observation.Ok());

        await test.AdvanceAsync(Minute(65) + Hour(2), step: Minute(5));
        Shown(test).State.ShouldBe(Ok, "two of three");
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_toggle_latches_and_a_reset_gives_the_job_one_more_period()
    {
        Oneshot reset = new();
        await using EngineUnderTest test = await StartAsync(new Toggle(Hourly(), reset), reset: reset);
        await test.AdvanceAsync(Hour(2), step: Minute(30));
        Shown(test).IsLatched.ShouldBeTrue();
        test.Engine.Beat("backup", Observation.Ok());
        Shown(test).State.ShouldBe(Fail, "latched");

        (await test.FireAsync(test.Of("backup"))).ShouldBe(OperationOutcome.Armed);
        Shown(test).State.ShouldBe(Ok);
        await test.AdvanceAsync(Minute(65), step: Minute(5));
        Shown(test).State.ShouldBe(Ok);
        test.Time.Advance(Second(1));
        Shown(test).IsLatched.ShouldBeTrue("silent again");
    }

    [Fact]
    public async Task A_heartbeat_that_other_components_show_too_latches_again_with_the_next_missed_period()
    {
        HeartbeatCheck shared = Hourly();
        Oneshot reset = new();
        await using EngineUnderTest test = new();
        test.Add(shared, name: "backup");
        test.Add(new Toggle(shared, reset), name: "latched", onPost: reset);
        await test.StartAsync();
        await test.AdvanceAsync(Minute(70), step: Minute(5));
        (await test.FireAsync(test.Of("latched"))).ShouldBe(OperationOutcome.Armed);
        Shown(test, "latched").State.ShouldBe(Ok);
        Shown(test).State.ShouldBe(Fail);

        await test.AdvanceAsync(Hour(1), step: Minute(5));
        Shown(test, "latched").IsLatched.ShouldBeTrue();
    }

    [Fact]
    public async Task A_loop_above_shows_a_beat_and_a_silence_at_once()
    {
        await using EngineUnderTest test = await StartAsync(new Background(Hourly(), Minute(30)));
        test.Engine.Beat("backup", Observation.Fail("full"));
        Shown(test).State.ShouldBe(Fail);
        test.Engine.Beat("backup", Observation.Ok());
        Shown(test).State.ShouldBe(Ok);

        await test.AdvanceAsync(Minute(65), step: Minute(5));
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task The_newest_beat_outlives_the_process_and_downtime_does_not_count()
    {
        DateTimeOffset end;
        await using (EngineUnderTest first = await StartAsync(Hourly(), store))
        {
            first.Engine.Beat("backup", Observation.OkWithWarning("slow"));
            await first.AdvanceAsync(Minute(40), step: Minute(5));
            end = first.Time.GetUtcNow();
        }

        await using EngineUnderTest second = new(store);
        second.Time.WallClock = end + Day(30);
        second.Add(Hourly(), name: "backup");
        await second.StartAsync();
        Shown(second).HasWarning.ShouldBeTrue();
        Shown(second).Reason.ShouldBe("slow");
        second.Time.Advance(Minute(25));
        Shown(second).State.ShouldBe(Ok);
        second.Time.Advance(Second(1));
        Shown(second).State.ShouldBe(Fail);
        Shown(second).Reason.ShouldBe("no beat in 1h5m");
    }

    [Fact]
    public async Task Downtime_does_not_count_at_the_second_restart_either()
    {
        DateTimeOffset end = default;
        for (int run = 0; run < 3; run++)
        {
            await using EngineUnderTest test = new(store);
            test.Time.WallClock = run == 0 ? test.Time.WallClock : end + Day(3);
            test.Add(Hourly(), name: "backup");
            await test.StartAsync();
            if (run == 0)
            {
                test.Engine.Beat("backup", Observation.Ok());
            }

            await test.AdvanceAsync(Minute(20), step: Minute(5));
            Shown(test).State.ShouldBe(Ok);
            end = test.Time.GetUtcNow();
        }

        await using EngineUnderTest last = new(store);
        last.Time.WallClock = end;
        last.Add(Hourly(), name: "backup");
        await last.StartAsync();
        last.Time.Advance(Minute(5));
        Shown(last).State.ShouldBe(Ok, "60 of 65 minutes have passed, and the grace");
        last.Time.Advance(Second(1));
        Shown(last).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_silence_outlives_the_process()
    {
        await using (EngineUnderTest first = await StartAsync(Hourly(), store))
        {
            first.Engine.Beat("backup", Observation.Ok());
            await first.AdvanceAsync(Hour(3), step: Minute(30));
        }

        await using EngineUnderTest second = await StartAsync(Hourly(), store);
        Shown(second).State.ShouldBe(Fail);
        await second.AdvanceAsync(Hour(3), step: Minute(30));
        Shown(second).State.ShouldBe(Fail);
        second.Engine.Beat("backup", Observation.Ok());
        Shown(second).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task Each_beat_is_one_small_write_and_so_is_a_silence()
    {
        await using EngineUnderTest test = await StartAsync(Hourly(), store);
        int before = store.Written.Count;
        test.Engine.Beat("backup", Observation.Ok());
        test.Time.Advance(Second(1));
        test.Engine.Beat("backup", Observation.Ok());
        store.Written.Skip(before).Select(write => write.Nodes.ShouldHaveSingleItem().State).ShouldBe(["ok", "ok"]);

        await test.AdvanceAsync(Hour(5), step: Minute(30));
        store
            .Written.Skip(before + 2)
            .SelectMany(write => write.Nodes)
            .Select(node => node.State)
            .ShouldBe(["silent"], "and not at each period");
    }

    [Fact]
    public async Task A_reload_keeps_the_beat_and_an_edit_counts_from_it()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Engine.Beat("backup", Observation.Ok("3 GB"));
        test.Time.Advance(Minute(30));

        test.Replace(("backup", Hourly()), ("other", Hourly()));
        Shown(test).Reason.ShouldBe("3 GB");
        Shown(test).FreshUntil.ShouldBe(new(Minute(65)));

        test.Replace(("backup", new HeartbeatCheck(every: Hour(3), grace: Grace)));
        Shown(test).State.ShouldBe(Ok);
        Shown(test).FreshUntil.ShouldBe(new(Minute(185)));

        test.Replace(("backup", new HeartbeatCheck(every: Minute(10), grace: Grace)));
        Shown(test).State.ShouldBe(Ok, "an edit is no evidence");
        test.Time.Advance(Minute(5));
        Shown(test).State.ShouldBe(Ok);
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);

        test.Replace(("backup", new HeartbeatCheck(every: Day(1))));
        Shown(test).State.ShouldBe(Fail, "an edit ends no silence");
        test.Engine.Beat("backup", Observation.Ok()).ShouldBe(true);
        Shown(test).State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData(Fail)]
    [InlineData(Error)]
    public async Task A_shorter_period_applies_whatever_the_newest_beat_said(HealthState said)
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Engine.Beat("backup", said == Fail ? Observation.Fail("full") : Observation.Error("full"));
        test.Time.Advance(Minute(30));

        test.Replace(("backup", new HeartbeatCheck(every: Minute(10), grace: Grace)));
        test.Time.Advance(Minute(5));
        Shown(test).Reason.ShouldNotContain("no beat in");
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
        Shown(test).Reason.ShouldBe("no beat in 35m");
    }

    [Fact]
    public async Task In_place_of_another_task_it_keeps_what_was_served_until_there_is_a_beat_or_silence()
    {
        await using EngineUnderTest test = await StartAsync(
            new Background(new ScriptedCheck { Sees = Fail }, Second(10))
        );
        Shown(test).State.ShouldBe(Fail);

        test.Replace(("backup", Hourly()));
        await test.AdvanceAsync(Minute(30), step: Minute(5));
        Shown(test).State.ShouldBe(Fail);

        test.Engine.Beat("backup", Observation.Ok());
        Shown(test).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task In_place_of_a_task_that_was_ok_it_is_ok_as_a_new_one_is()
    {
        await using EngineUnderTest test = await StartAsync(new Background(new ScriptedCheck(), Second(10)));
        Shown(test).State.ShouldBe(Ok);

        test.Replace(("backup", Hourly()));
        Shown(test).IsCarriedOver.ShouldBeFalse();
        await test.AdvanceAsync(Minute(65), step: Minute(5));
        Shown(test).State.ShouldBe(Ok);
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_pause_in_which_a_beat_was_due_leaves_the_job_the_grace()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Engine.Beat("backup", Observation.Ok());
        test.Time.Advance(Minute(64));

        test.Time.Leap(Hour(10));
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Ok);
        await test.AdvanceAsync(Minute(4), step: Minute(1));
        Shown(test).State.ShouldBe(Ok);
        test.Time.Advance(Minute(1));
        Shown(test).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task A_pause_does_not_count_after_an_edit_either()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Engine.Beat("backup", Observation.Ok());
        test.Time.Advance(Minute(30));

        test.Time.Leap(Hour(10));
        test.Replace(("backup", new HeartbeatCheck(every: Hour(2), grace: Grace)));

        Shown(test).FreshUntil.ShouldBe(new(Hour(10) + Hour(2) + Grace));
    }

    [Fact]
    public async Task A_pause_does_not_count_after_a_restart_either()
    {
        DateTimeOffset end;
        await using (EngineUnderTest first = await StartAsync(Hourly(), store))
        {
            first.Engine.Beat("backup", Observation.Ok());
            first.Time.Advance(Minute(30));
            first.Time.Leap(Hour(10));
            first.Time.Advance(Minute(10));
            end = first.Time.GetUtcNow();
        }

        await using EngineUnderTest second = new(store);
        second.Time.WallClock = end;
        second.Add(Hourly(), name: "backup");
        await second.StartAsync();
        Shown(second).FreshUntil.ShouldBe(new(Minute(25)), "40 of 65 minutes have counted");
    }

    [Fact]
    public async Task Ten_thousand_beats_leave_one_timer()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        int timers = test.Engine.TimerCount;
        for (int i = 0; i < 10_000; i++)
        {
            test.Engine.Beat("backup", Observation.Ok());
        }

        test.Engine.TimerCount.ShouldBe(timers);
        await test.AdvanceAsync(Minute(65), step: Minute(5));
        Shown(test).State.ShouldBe(Ok);
        test.Time.Advance(Second(1));
        Shown(test).State.ShouldBe(Fail);
    }

    [Fact]
    public async Task The_status_has_the_last_beat_and_when_the_next_is_due()
    {
        await using EngineUnderTest test = await StartAsync(Hourly());
        test.Engine.ProbesOf(test.Of("backup")).ShouldBe(new(Last: null, new Instant(Minute(60)), Fresh: null));

        test.Time.Advance(Minute(10));
        test.Engine.Beat("backup", Observation.Ok());
        test.Engine.ProbesOf(test.Of("backup")).ShouldBe(new(new Instant(Minute(10)), new Instant(Minute(70)), Ok));

        test.Time.Advance(Minute(66));
        Shown(test).State.ShouldBe(Fail);
        test.Engine.ProbesOf(test.Of("backup"))
            .ShouldBe(new(new Instant(Minute(10)), new Instant(Minute(70)), Fail), "overdue since then");
    }
}
