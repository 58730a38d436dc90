namespace Failover;

public sealed class BackgroundTests
{
    private static readonly HealthTask Below = new ProbeStub();

    /// <summary>Cells of <c>result</c>: <c>O F E</c> the outcome of an evaluation, <c>-</c> one without evidence, <c>.</c>
    /// nothing new. <c>reads</c> is what a reader at that moment gets.</summary>
    private static void Holds(string text)
    {
        DecisionTable table = new(text);
        Background background = new(
            Below,
            interval: Second(10),
            table.State("initial", Fail),
            table.Duration("stale_after")
        );
        Background.Newest state = background.CreateState(default);
        long id = 0;
        List<string> shown = [];
        foreach (Cell cell in table.Row("result"))
        {
            if (cell.What is not ".")
            {
                Observation result = cell.What is "-"
                    ? Observation.WithoutEvidence(Ok, "no result yet")
                    : StampedObservation.At(cell, ++id);
                Step<Background.Newest> step = background.Next(state, [result], cell.At);
                step.Observation.ShouldBe(step.State.Result, text);
                state = step.State;
            }

            shown.Add(TableWords.Letter(state.Result.ReadAt(cell.At).State));
        }

        table.ShouldGive("reads", shown);
    }

    [Fact]
    public void A_default_beyond_the_bounds_can_be_given_in_so_many_words()
    {
        Background background = new(new ProbeStub(), Day(30));

        background.StaleAfter.ShouldBe(Day(90) + Second(10));
        Background.Kind.Make!(background.Values).ShouldBe(background);
    }

    [Fact]
    public void Reads_as_its_newest_result() =>
        Holds(
            """
            result: . O . F . E . O
            reads:  F O O F F E E O
            """
        );

    [Fact]
    public void A_result_of_exactly_the_stale_bound_can_be_believed() =>
        Holds(
            """
            stale_after=30s   result: O@5s .@35s .@35.001s O@50s F@60s .@90s .@91s
                              reads:  O    O     E         O     F     F     E
            """
        );

    [Fact]
    public void Without_a_first_result_the_initial_state_goes_stale_too() =>
        Holds(
            """
            initial=O stale_after=30s   result: . .@30s .@31s F@32s
                                        reads:  O O     E     F
            """
        );

    [Fact]
    public void A_result_without_evidence_is_shown_as_one_with() =>
        Holds(
            """
            stale_after=30s   result: -@1s F@2s -@3s -@32s .@33s
                              reads:  O    F    O    O     O
            """
        );

    [Fact]
    public void The_initial_state_is_the_given_one_else_that_of_the_task_else_fail()
    {
        new Background(Below, Second(1)).InitialState.ShouldBe(Fail);
        new Background(new Hysteresis(Below, Ok), Second(1)).InitialState.ShouldBe(Ok);
        new Background(new Hysteresis(Below, Fail), Second(1)).InitialState.ShouldBe(Fail);
        new Background(new Toggle(Below, Below), Second(1)).InitialState.ShouldBe(Ok);
        new Background(new Oneshot(Ok), Second(1)).InitialState.ShouldBe(Ok);
        new Background(new Hysteresis(Below, Ok), Second(1), Fail).InitialState.ShouldBe(Fail);
        new Background(new Background(Below, Second(1), Ok), Second(1)).InitialState.ShouldBe(Ok);
        new Background(new Hysteresis(Below, First), Second(1)).InitialState.ShouldBe(First);
    }

    [Fact]
    public void Begun_in_first_it_reads_as_error_until_there_is_a_result() =>
        Holds(
            """
            initial=E stale_after=30s   result: . . F@2s .@3s
                                        reads:  E E F    F
            """
        );

    [Fact]
    public void The_stale_bound_is_the_given_one_else_three_intervals_and_the_longest_time_of_the_task()
    {
        new Background(Below, Second(60)).StaleAfter.ShouldBe(Second(190));
        new Background(Below, Second(60), staleAfter: Second(60)).StaleAfter.ShouldBe(Second(60));
    }

    [Fact]
    public void A_result_can_not_be_believed_longer_than_what_it_rests_on()
    {
        Background background = new(Below, Second(10), staleAfter: Second(30));
        Observation look = StampedObservation.At(Ok, new(Second(1)), 1) with { FreshUntil = new(Second(4)) };

        Step<Background.Newest> step = background.Next(background.CreateState(default), [look], new(Second(1)));

        step.Observation.FreshUntil.ShouldBe(new(Second(4)));
    }

    [Fact]
    public void Its_results_are_evidence_up_to_the_stale_bound()
    {
        Background background = new(Below, Second(10), staleAfter: Second(30));
        Observation look = StampedObservation.At(Ok, new(Second(1)), 1);
        Observation older = look with { EvidenceUntil = new(Second(4)) };

        background.CreateState(new(Second(1))).Result.EvidenceUntil.ShouldBe(new(Second(31)));
        Result(look).EvidenceUntil.ShouldBe(new(Second(31)));
        Result(older).EvidenceUntil.ShouldBe(new(Second(4)));

        Observation Result(Observation seen) =>
            background.Next(background.CreateState(default), [seen], new(Second(1))).Observation;
    }

    [Fact]
    public void A_held_fail_goes_stale_in_the_background_like_any_result()
    {
        Background background = new(Below, Second(10), staleAfter: Second(30));
        Hysteresis hysteresis = new(Below, Fail, okAfter: Count(3));
        Observation held = hysteresis
            .Next(hysteresis.CreateState(default), StampedObservation.At(Fail, new(Second(1)), 1))
            .Observation;

        Observation result = background.Next(background.CreateState(default), [held], new(Second(1))).Observation;

        result.ReadAt(new(Second(31))).State.ShouldBe(Fail);
        result.ReadAt(new(Second(32))).State.ShouldBe(Error);
    }

    [Fact]
    public void A_restart_keeps_the_newest_result()
    {
        Background background = new(Below, Second(10));
        Background.Newest state = background
            .Next(background.CreateState(default), [StampedObservation.At(Ok, new(Second(1)), 1)], new(Second(1)))
            .State;

        background.Restart(state, Ok, new(Second(2))).ShouldBeSameAs(state);
    }

    [Fact]
    public void It_hides_the_checks_below_from_requests()
    {
        Background background = new(Below, Second(10));

        Below.HasOnDemandCheck.ShouldBeTrue();
        background.HasOnDemandCheck.ShouldBeFalse();
        background.ChangesByItself.ShouldBeTrue();
        background.LongestTime.ShouldBe(TimeSpan.Zero);
        new Hysteresis(background).HasOnDemandCheck.ShouldBeFalse();
        new Hysteresis(background).ChangesByItself.ShouldBeTrue();
        new Hysteresis(Below).HasOnDemandCheck.ShouldBeTrue();
        new Hysteresis(Below).ChangesByItself.ShouldBeFalse();
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Should
            .Throw<ArgumentNullException>(() => new Background(null!, Second(1)))
            .ShouldSay("task", "task is missing; accepted: a task");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Background(Below, TimeSpan.Zero))
            .ShouldSay("interval", "interval is 0ms; accepted: a duration from 1ms to 30d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Background(Below, Day(31)))
            .ShouldSay("interval", "interval is 31d; accepted: a duration from 1ms to 30d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Background(Below, Second(1), (HealthState)7))
            .ShouldSay("initialState", "initialState is 7; accepted: ok, fail or first");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Background(Below, Second(1), staleAfter: Second(-1)))
            .ShouldSay("staleAfter", "staleAfter is -1s; accepted: a duration from 1ms to 30d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Background(Below, Second(60), staleAfter: Second(59)))
            .ShouldSay(
                "staleAfter",
                "staleAfter is 59s, shorter than interval, 1m: every result would go stale before the next one; accepted: 1m or more"
            );
    }
}
