namespace Failover;

public sealed class ToggleTests
{
    private static readonly HealthTask ToFail = new ProbeStub("to fail");
    private static readonly HealthTask ToOk = new ProbeStub("to ok");
    private static readonly Toggle Latch = new(ToFail, ToOk);

    /// <summary>Cells of <c>toFail</c> and <c>toOk</c>: <c>O F E</c> a new observation, <c>=</c> that side's newest one
    /// read again, <c>&lt;</c> one that began before the newest move, <c>-</c> one without evidence, <c>.</c> not looked
    /// at.</summary>
    private static void Holds(string text)
    {
        DecisionTable table = new(text);
        Toggle toggle = new(ToFail, ToOk, table.State("initial", Ok));
        Toggle.Position state = toggle.CreateState(default);
        Observation?[] newest = new Observation?[2];
        long id = 0;
        List<string> shown = [];
        foreach ((Cell toFail, Cell toOk) in table.Row("toFail").Zip(table.Row("toOk")))
        {
            Observation?[] seen = [Next(toFail, 0), Next(toOk, 1)];
            Step<Toggle.Position> step = toggle.Next(state, seen, toFail.At);
            state = step.State;
            shown.Add(TableWords.Letter(step.Observation.State));
        }

        table.ShouldGive("state", shown);

        Observation? Next(Cell cell, int side)
        {
            if (cell.What is "." or "-")
            {
                return cell.What is "." ? null : Observation.WithoutEvidence(side == 0 ? Fail : Ok, "no result yet");
            }

            Observation look = cell.IsAgain && newest[side] is { } again ? again : StampedObservation.At(cell, ++id);
            newest[side] = cell.IsEarly ? look with { Started = state.Since + TimeSpan.FromTicks(-1) } : look;
            return newest[side];
        }
    }

    [Fact]
    public void Each_side_moves_it_one_way_only() =>
        Holds(
            """
            toFail: O F . . . O O F . .
            toOk:   . . F F O . . . F O
            state:  O F F F O O O F F O
            """
        );

    [Fact]
    public void The_inactive_side_moves_nothing() =>
        Holds(
            """
            toFail: O O F O O F
            toOk:   F O F F F O
            state:  O O F F F O
            """
        );

    [Fact]
    public void An_error_moves_nothing() =>
        Holds(
            """
            toFail: E E F . . E
            toOk:   . . . E E .
            state:  O O F F F F
            """
        );

    [Fact]
    public void It_begins_in_its_initial_state() =>
        Holds(
            """
            initial=F   toFail: F F . O
                        toOk:   . F O .
                        state:  F F O O
            """
        );

    [Fact]
    public void Evidence_from_before_the_move_moves_nothing() =>
        Holds(
            """
            toFail: F .  . F< F= F
            toOk:   . O< O .  .  .
            state:  F F  O O  O  F
            """
        );

    [Fact]
    public void A_placeholder_before_the_first_result_moves_nothing() =>
        Holds(
            """
            toFail: - - F - -
            toOk:   - - - - O
            state:  O O F F O
            """
        );

    [Fact]
    public void Only_the_active_side_is_evaluated()
    {
        Toggle.Position ok = Latch.CreateState(default);
        Toggle.Position fail = ok with { State = Fail };

        (Latch.Evaluates(ok, 0), Latch.Evaluates(ok, 1)).ShouldBe((true, false));
        (Latch.Evaluates(fail, 0), Latch.Evaluates(fail, 1)).ShouldBe((false, true));
    }

    [Fact]
    public void A_move_restarts_the_side_that_is_now_active()
    {
        Toggle.Position begin = Latch.CreateState(default);

        Step<Toggle.Position> still = Latch.Next(begin, [Look(Ok, 1), null], new(Second(1)));
        Step<Toggle.Position> over = Latch.Next(begin, [Look(Fail, 2), null], new(Second(2)));
        Step<Toggle.Position> back = Latch.Next(over.State, [null, Look(Ok, 3)], new(Second(3)));

        still.ToRestart.ShouldBeEmpty();
        over.ToRestart.ShouldHaveSingleItem().ShouldBeSameAs(ToOk);
        back.ToRestart.ShouldHaveSingleItem().ShouldBeSameAs(ToFail);
    }

    [Fact]
    public void One_hysteresis_on_both_sides_needs_its_full_threshold_either_way()
    {
        Hysteresis both = new(new ProbeStub(), okAfter: Count(3), failAfter: Count(2));
        Toggle toggle = new(both, both);
        Hysteresis.Judgement judgement = both.CreateState(default);
        Toggle.Position position = toggle.CreateState(default);
        DecisionTable table = new(
            """
            seen:  F F F O O F O O O O F F
            state: O F F F F F F F O O O F
            """
        );
        List<string> shown = [];
        long id = 0;
        foreach (Cell cell in table.Row("seen"))
        {
            Step<Hysteresis.Judgement> below = both.Next(judgement, StampedObservation.At(cell, ++id));
            Step<Toggle.Position> step = toggle.Next(position, [below.Observation, below.Observation], cell.At);
            judgement = step.ToRestart.IsEmpty
                ? below.State
                : both.Restart(below.State, step.Observation.State, cell.At);
            position = step.State;
            shown.Add(TableWords.Letter(step.Observation.State));
        }

        table.ShouldGive("state", shown);
    }

    [Fact]
    public void It_remembers_when_and_why_it_moved()
    {
        Step<Toggle.Position> over = Latch.Next(Latch.CreateState(default), [Look(Fail, 1), null], new(Second(7)));
        over.State.ShouldBe(new Toggle.Position(Fail, new(Second(7)), "F"));

        Step<Toggle.Position> held = Latch.Next(over.State, [null, Look(Fail, 9)], new(Second(9)));
        held.State.ShouldBe(over.State);
        held.Observation.Reason.ShouldBe("latched: F");
    }

    [Fact]
    public void What_it_shows_carries_the_identity_of_what_it_rests_on()
    {
        Toggle.Position begin = Latch.CreateState(new(Second(5)));

        Latch.Next(begin, [Look(Ok, 6), null], new(Second(6))).Observation.Id.ShouldBe(6);
        Latch.Next(begin, [Look(Fail, 6), null], new(Second(6))).Observation.Id.ShouldBe(6);
        Latch.Next(begin, [Look(Fail, 4), null], new(Second(6))).Observation.IsEvidence.ShouldBeFalse();
        Latch.Next(begin, [null, null], new(Second(6))).Observation.IsEvidence.ShouldBeFalse();
    }

    [Fact]
    public void An_ok_can_be_believed_as_long_as_what_it_rests_on()
    {
        Observation look = Look(Ok, 1) with { FreshUntil = new(Second(30)) };

        Observation shown = Latch.Next(Latch.CreateState(default), [look, null], new(Second(1))).Observation;

        shown.FreshUntil.ShouldBe(new(Second(30)));
    }

    [Fact]
    public void An_ok_whose_evidence_went_stale_reads_as_an_error()
    {
        Observation look = Look(Ok, 1) with { FreshUntil = new(Second(30)) };
        Instant late = new(Second(31));

        Observation shown = Latch.Next(Latch.CreateState(default), [look.ReadAt(late), null], late).Observation;

        shown.ReadAt(late).State.ShouldBe(Error);
    }

    [Fact]
    public void A_latched_fail_outlives_its_evidence()
    {
        Observation look = Look(Fail, 1) with { FreshUntil = new(Second(30)) };

        Observation shown = Latch.Next(Latch.CreateState(default), [look, null], new(Second(1))).Observation;

        shown.ReadAt(new(Day(1000))).State.ShouldBe(Fail);
    }

    [Fact]
    public void An_ok_after_a_move_is_fresh_as_long_as_the_evidence_for_the_move_and_the_active_side()
    {
        Toggle.Position fail = new(Fail, default, "refused");
        Observation back = Look(Ok, 2) with { FreshUntil = new(Second(40)), EvidenceUntil = new(Second(40)) };
        Observation held = Look(Fail, 1) with { FreshUntil = Instant.Never, EvidenceUntil = new(Second(30)) };

        Moved(null, back).ShouldBe(new(Second(40)));
        Moved(held, back).ShouldBe(new(Second(30)));
        Moved(held, Look(Ok, 2)).ShouldBe(new(Second(30)));
        Moved(null, Look(Ok, 2) with { FreshUntil = new(Second(20)) }).ShouldBe(new(Second(20)));

        Instant Moved(Observation? toFail, Observation toOk)
        {
            Observation shown = Latch.Next(fail, [toFail, toOk], new(Second(3))).Observation;
            shown.State.ShouldBe(Ok);
            shown.ReadAt(shown.FreshUntil + TimeSpan.FromTicks(1)).State.ShouldBe(Error);
            return shown.FreshUntil;
        }
    }

    [Fact]
    public void An_ok_that_is_judged_from_a_latched_fail_goes_stale_with_the_evidence_below()
    {
        Hysteresis above = new(Latch, failAfter: Count(3));
        Toggle.Position fail = new(Fail, default, "refused");
        Observation below = Look(Ok, 1) with { FreshUntil = new(Second(30)), EvidenceUntil = new(Second(30)) };

        Observation latched = Latch.Next(fail, [below, Look(Fail, 2)], new(Second(3))).Observation;
        Observation ok = above.Next(above.CreateState(default), latched).Observation;

        latched.ReadAt(new(Day(1))).State.ShouldBe(Fail);
        ok.ReadAt(new(Second(30))).State.ShouldBe(Ok);
        ok.ReadAt(new(Second(31))).State.ShouldBe(Error);
    }

    [Fact]
    public void A_missing_task_is_refused()
    {
        Should
            .Throw<ArgumentNullException>(() => new Toggle(null!, ToOk))
            .ShouldSay("toFail", "toFail is missing; accepted: a task");
        Should
            .Throw<ArgumentNullException>(() => new Toggle(ToFail, null!))
            .ShouldSay("toOk", "toOk is missing; accepted: a task");
    }

    [Fact]
    public void An_initial_state_that_is_no_answer_is_refused() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Toggle(ToFail, ToOk, Error))
            .ShouldSay("initialState", "initialState is Error; accepted: ok or fail");

    private static Observation Look(HealthState state, int second) =>
        StampedObservation.At(state, new(Second(second)), second);
}
