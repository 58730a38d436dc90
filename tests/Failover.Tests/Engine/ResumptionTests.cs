namespace Failover;

/// <summary>What an engine resumes from the state that another one stored.</summary>
public sealed class ResumptionTests : IAsyncDisposable
{
    private static readonly TimeSpan MaxAge = HealthEngine.DefaultStateMaxAge;

    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly ScriptedCheck other = new();

    [Fact]
    public async Task A_judged_state_is_resumed_and_its_streak_of_evidence_restarts()
    {
        await RunAsync(
            Judged(),
            async (test, component) =>
            {
                (await EngineUnderTest.PollAsync(component, 4)).ShouldBe("FFOO");
                check.Sees = Fail;
                (await EngineUnderTest.PollAsync(component, 2)).ShouldBe("OO", "two of three");
            }
        );

        await RunAsync(
            Judged(),
            async (test, component) => (await EngineUnderTest.PollAsync(component, 4)).ShouldBe("OOFF")
        );
    }

    [Fact]
    public async Task A_loop_shows_the_state_it_had_before_its_first_result()
    {
        await RunAsync(
            new Background(Judged(), Second(10)),
            async (test, component) =>
            {
                await test.AdvanceAsync(Second(30), step: Second(10));
                (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
            }
        );

        other.Gate = new TaskCompletionSource();
        await using EngineUnderTest second = new(store);
        Component component = second.Add(new Background(Judged(other), Second(10)));
        second.Engine.Start();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        component.LastKnown().Evidence.ShouldBe(0);
        second.Time.Advance(Minute(1));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Error, "and not for ever without one");
        other.Gate.SetResult();
    }

    [Fact]
    public async Task What_it_begins_with_is_stored_with_the_first_sign_of_life()
    {
        await using EngineUnderTest test = new(store);
        test.Add(Judged());
        await test.StartAsync();

        store.Written[0].Nodes.ShouldNotBeEmpty();
        store.Written[0].AliveAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_state_is_as_old_as_the_process_that_knew_it()
    {
        DateTimeOffset end = await RunAsync(
            Judged(),
            async (test, component) =>
            {
                (await EngineUnderTest.PollAsync(component, 3)).ShouldBe("FFO");
                test.Time.Advance(Day(3));
            }
        );

        await RunAsync(Judged(), Shows("O"), end + MaxAge);
        await RunAsync(Judged(), Shows("F"), end + MaxAge + MaxAge + Second(1));
    }

    [Fact]
    public async Task A_wall_clock_that_was_set_back_makes_nothing_old()
    {
        await RunAsync(Judged(), Shows("FFO"));
        await RunAsync(Judged(), Shows("O"), new DateTimeOffset(2016, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Another_description_keeps_the_state_of_its_place()
    {
        await RunAsync(Judged(), Shows("FFO"));
        await RunAsync(new Hysteresis(check, initialState: Fail, okAfter: Count(4)), Shows("O"));
    }

    [Fact]
    public async Task A_latch_stays_latched_however_old_it_is_and_whatever_its_description()
    {
        check.Sees = Fail;
        DateTimeOffset end = await RunAsync(new Toggle(check, new Oneshot()), Shows("F"));
        check.Sees = Ok;

        await RunAsync(new Toggle(check, new Oneshot()), Shows("FF"), end + Day(3650));
        await RunAsync(new Toggle(Judged(), new Oneshot()), Shows("FF"), end + Day(3650));
        await RunAsync(new Background(new Toggle(Judged(), new Oneshot()), Second(10)), Shows("FF"));
    }

    [Fact]
    public async Task A_toggle_that_is_resumed_at_fail_needs_the_full_threshold_to_leave_it_however_old_it_is()
    {
        HealthTask task = new Toggle(check, new Hysteresis(other, okAfter: Count(3)));
        check.Sees = Fail;
        DateTimeOffset end = await RunAsync(task, Shows("F"));

        other.Sees = Fail;
        end = await RunAsync(task, Shows("FF"), end + Day(365));
        other.Sees = Ok;
        check.Sees = Ok;
        await RunAsync(task, Shows("FFO"), end + Day(365));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_pending_fire_outlives_the_process_and_does_not_age_while_none_runs(int minutes)
    {
        await SeedArmedAsync(age: Minute(minutes));
        await RunAsync(
            new Toggle(check, new Oneshot(expires: Hour(1))),
            async (test, component) =>
            {
                (await EngineUnderTest.PollAsync(component, 3)).ShouldBe(
                    "FOO",
                    "it is used up by the release that it brings"
                );
                store.Committed.ShouldHaveSingleItem().Nodes.ShouldHaveSingleItem().State.ShouldBe("unarmed");
                check.Sees = Fail;
                (await EngineUnderTest.PollAsync(component, 3)).ShouldBe("FFF");
            },
            SeededAt + Day(3)
        );
    }

    [Fact]
    public async Task A_pending_fire_expires_across_processes()
    {
        await SeedArmedAsync(age: Hour(1) + Second(1));
        await RunAsync(new Toggle(check, new Oneshot(expires: Hour(1))), Shows("FF"));
        store.Load().Nodes.Single(node => node.Kind == "oneshot").State.ShouldBe("unarmed");
    }

    [Fact]
    public async Task What_may_have_been_latched_is_when_what_was_stored_is_lost()
    {
        await using ScriptedStore lost = new() { Loss = "the file was corrupt" };
        await using EngineUnderTest test = new(lost);
        Component latch = test.Add(new Toggle(check, new Oneshot()));
        Component judged = test.Add(new Hysteresis(check));
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(latch)).ShouldBe(Fail);
        (await latch.AnswerAsync()).Reason.ShouldContain("state unknown: the file was corrupt");
        (await EngineUnderTest.PollAsync(judged)).ShouldBe(Ok);
        lost.StoredLatches().ShouldHaveSingleItem().Components.ShouldBe(["component-0"]);
    }

    [Fact]
    public async Task Nodes_that_are_no_longer_there_are_forgotten()
    {
        await RunAsync(Judged(), Shows("FFO"));
        store.Load().Nodes.ShouldNotBeEmpty();
        await RunAsync(check, Shows("O"));
        store.Load().Nodes.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Hysteresis Judged(ScriptedCheck? of = null) =>
        new(of ?? check, initialState: Fail, okAfter: Count(3), failAfter: Count(3));

    private static readonly DateTimeOffset SeededAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A latch, and a fire that has waited for so long when the process ended.
    private async Task SeedArmedAsync(TimeSpan age) =>
        await store.PersistAsync(
            new()
            {
                Nodes = [new("/component-0#to_ok", "oneshot", "", "armed", "component-0", SeededAt - age)],
                Latches = [new("/component-0#", "toggle", "", Fail, "1", true, ["component-0"], "refused", SeededAt)],
                AliveAt = SeededAt,
            }
        );

    private static Func<EngineUnderTest, Component, Task> Shows(string states) =>
        async (_, component) => (await EngineUnderTest.PollAsync(component, states.Length)).ShouldBe(states);

    /// <returns>What the wall clock showed at the end.</returns>
    private async Task<DateTimeOffset> RunAsync(
        HealthTask task,
        Func<EngineUnderTest, Component, Task> act,
        DateTimeOffset? at = null
    )
    {
        await using EngineUnderTest test = new(store);
        test.Time.WallClock = at ?? test.Time.WallClock;
        Component component = test.Add(task);
        await test.StartAsync();
        await act(test, component);
        return test.Time.GetUtcNow();
    }
}
