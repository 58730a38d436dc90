namespace Failover;

public sealed class HysteresisTests
{
    private static readonly HealthTask Below = new ProbeStub();

    private static void Holds(string text)
    {
        DecisionTable table = new(text);
        table.ShouldGive("state", HysteresisRun.Play(table, Below).Select(moment => TableWords.Letter(moment.Shown)));
    }

    [Fact]
    public void Flips_on_the_nth_contrary_observation_in_a_row() =>
        Holds(
            """
            fail_after=3 ok_after=2   seen:  F F O F F F O O
                                      state: O O O O O F F O
            """
        );

    [Fact]
    public void Flips_at_once_when_no_threshold_is_given() =>
        Holds(
            """
            seen:  O F O F
            state: O F O F
            """
        );

    [Fact]
    public void Begins_in_its_initial_state() =>
        Holds(
            """
            initial=F ok_after=5 fail_after=20   seen:  . - O O O O F O O O O O F
                                                 state: F F F F F F F F F F F O O
            """
        );

    [Fact]
    public void An_agreeing_observation_ends_a_streak_in_either_state() =>
        Holds(
            """
            fail_after=2 ok_after=3   seen:  F O F O F F O O F O O F O O O
                                      state: O O O O O F F F F F F F F F O
            """
        );

    [Fact]
    public void The_streak_that_flipped_it_does_not_count_for_the_way_back() =>
        Holds(
            """
            fail_after=2 ok_after=2   seen:  F F O F O O F O F F
                                      state: O F F F F O O O O F
            """
        );

    [Fact]
    public void A_duration_is_reached_and_need_not_be_exceeded() =>
        Holds(
            """
            fail_after=120s   seen:  F@10s F@70s F@129.999s F@130s
                              state: O     O     O          F
            """
        );

    [Fact]
    public void A_duration_is_never_reached_by_one_observation() =>
        Holds(
            """
            fail_after=1ms   seen:  O@0s F@1h F=@2h F=@9h F@10h
                             state: O    O    O     O     F
            """
        );

    [Fact]
    public void A_duration_counts_from_the_first_observation_of_the_streak() =>
        Holds(
            """
            initial=F ok_after=1m fail_after=2m   seen:  O@0s F@30s O@40s O@99s O@100s F@101s F@221s
                                                  state: F    F     F     F     O      O      F
            """
        );

    [Fact]
    public void Count_and_duration_needs_both() =>
        Holds(
            """
            fail_after=3&60s   seen:  F@0s F@1s F@2s F@59s F@60s O@61s F@100s F@160s F@161s
                               state: O    O    O    O     F     O     O      O      F
            """
        );

    [Fact]
    public void Count_or_duration_needs_either() =>
        Holds(
            """
            fail_after=3|60s   seen:  F@0s F@1s F@2s O@3s F@10s F@70s
                               state: O    O    F    O    O     F
            """
        );

    [Fact]
    public void Errors_neither_end_nor_extend_a_streak() =>
        Holds(
            """
            fail_after=3 ok_after=2   seen:  F E F E E F E O E O
                                      state: O O O O O F F F F O
            """
        );

    [Fact]
    public void Errors_do_not_extend_a_streak_in_time() =>
        Holds(
            """
            fail_after=60s   seen:  E@0s F@30s E@88s F@89s F@90s
                             state: O    O     O     O     F
            """
        );

    [Fact]
    public void Errors_alone_hold_the_state_for_ever() =>
        Holds(
            """
            initial=F   seen:  E E@1d E@2d E@1000d
                        state: F F    F    F
            """
        );

    [Fact]
    public void So_many_errors_in_a_row_show_an_error() =>
        Holds(
            """
            error_after=3 fail_after=2   seen:  E E O E E E E O E E F E E E F E
                                         state: O O O O O E E O O O O O O E F F
            """
        );

    [Fact]
    public void So_long_of_nothing_but_errors_shows_an_error() =>
        Holds(
            """
            error_after=60s   seen:  E@0s E@59s E@60s O@61s E@62s E@121s E@122s
                              state: O    O     E     O     O     O      E
            """
        );

    [Fact]
    public void Too_many_errors_stay_an_error_while_nothing_new_is_seen() =>
        Holds(
            """
            error_after=2   seen:  E E . - E= F
                            state: O E E E E  F
            """
        );

    [Fact]
    public void One_error_alone_never_reaches_a_duration() =>
        Holds(
            """
            error_after=1s   seen:  E@0s E=@1h E@2h
                             state: O    O     E
            """
        );

    [Fact]
    public void A_streak_continues_after_too_many_errors() =>
        Holds(
            """
            error_after=2 fail_after=3   seen:  F F E E F
                                         state: O O O E F
            """
        );

    [Fact]
    public void One_observation_counts_once_however_often_it_is_read() =>
        Holds(
            """
            fail_after=3 ok_after=2 error_after=2   seen:  F F= F= F= F F= F O O= O= O E E= E= E E=
                                                    state: O O  O  O  O O  F F F  F  O O O  O  E E
            """
        );

    [Fact]
    public void A_placeholder_before_the_first_result_counts_for_nothing() =>
        Holds(
            """
            fail_after=2   seen:  - - - F - - . F
                           state: O O O O O O O F
            """
        );

    [Fact]
    public void A_restart_resets_the_streak() =>
        Holds(
            """
            fail_after=3   seen:  F F *O F F F
                           state: O O O  O O F
            """
        );

    [Fact]
    public void A_restart_resets_the_streak_of_errors() =>
        Holds(
            """
            error_after=2   seen:  E *O E E
                            state: O O  O E
            """
        );

    [Fact]
    public void A_probe_that_began_before_a_restart_does_not_count() =>
        Holds(
            """
            fail_after=2   seen:  F *O F< F F< F
                           state: O O  O  O O  F
            """
        );

    [Fact]
    public void A_probe_that_began_before_a_restart_does_not_end_a_streak() =>
        Holds(
            """
            fail_after=2   seen:  *O F O< F
                           state: O  O O  F
            """
        );

    [Fact]
    public void A_probe_that_began_at_the_moment_of_a_restart_counts() =>
        Holds(
            """
            fail_after=1   seen:  *O@5s F@5s
                           state: O     F
            """
        );

    [Fact]
    public void An_observation_counted_before_a_restart_is_not_counted_again_at_the_same_moment() =>
        Holds(
            """
            fail_after=1   seen:  F@5s *O@5s F=@5s F@5s
                           state: F    O     O     F
            """
        );

    [Fact]
    public void After_a_restart_it_has_the_state_of_the_toggle_whatever_its_initial_state() =>
        Holds(
            """
            initial=O ok_after=3 fail_after=2   seen:  O *F O O F O O O *O F F *F E O
                                                state: O F  F F F F F O O  O F F  F F
            """
        );

    [Fact]
    public void An_older_observation_that_comes_back_is_not_counted_again()
    {
        Hysteresis hysteresis = new(Below, failAfter: Count(3));
        Observation[] looks =
        [
            .. Enumerable.Range(1, 3).Select(id => StampedObservation.At(Fail, new(Second(id)), id)),
        ];
        Hysteresis.Judgement state = hysteresis.CreateState(default);

        foreach (Observation look in new[] { looks[0], looks[1], looks[0], looks[1] })
        {
            state = hysteresis.Next(state, look).State;
        }

        state.State.ShouldBe(Ok);
        hysteresis.Next(state, looks[2]).State.State.ShouldBe(Fail);
    }

    [Fact]
    public void What_it_shows_carries_the_identity_of_what_it_counted()
    {
        Hysteresis hysteresis = new(Below, failAfter: Count(3));
        Hysteresis.Judgement state = hysteresis.CreateState(new(Second(5)));

        hysteresis.Next(state, StampedObservation.At(Fail, new(Second(5)), 7)).Observation.Id.ShouldBe(7);
        hysteresis.Next(state, StampedObservation.At(Fail, new(Second(4)), 6)).Observation.IsEvidence.ShouldBeFalse();
        hysteresis.Next(state, [null], new(Second(5))).Observation.IsEvidence.ShouldBeFalse();
    }

    [Theory]
    [InlineData("O", "O")]
    [InlineData("F", "held, fail 1 in a row for 0ms, fail after 3: F")]
    [InlineData("F F@61s", "held, fail 2 in a row for 1m, fail after 3: F")]
    [InlineData("F F F", "F")]
    [InlineData("E", "held, could not tell: E")]
    [InlineData("E E", "2 errors in a row: E")]
    [InlineData("*O F<", "restarted")]
    [InlineData("-", "no result yet")]
    [InlineData(".", "not evaluated")]
    public void It_says_why(string seen, string reason)
    {
        DecisionTable table = new($"fail_after=3 error_after=2 seen: {seen}");

        HysteresisRun.Play(table, Below).Last().Reason.ShouldBe(reason);
    }

    [Fact]
    public void An_ok_can_be_believed_as_long_as_its_newest_evidence()
    {
        Hysteresis hysteresis = new(Below, failAfter: Count(2));
        Observation look = StampedObservation.At(Fail, new(Second(1)), 1) with { FreshUntil = new(Second(31)) };

        Observation held = hysteresis.Next(hysteresis.CreateState(default), look).Observation;

        held.ReadAt(new(Second(31))).State.ShouldBe(Ok);
        held.ReadAt(new(Second(32))).State.ShouldBe(Error);
    }

    [Fact]
    public void A_fail_outlives_its_evidence()
    {
        Hysteresis hysteresis = new(Below);
        Observation look = StampedObservation.At(Fail, new(Second(1)), 1) with { FreshUntil = new(Second(31)) };

        Step<Hysteresis.Judgement> step = hysteresis.Next(hysteresis.CreateState(default), look);
        Instant late = new(Day(1));

        step.Observation.ReadAt(late).State.ShouldBe(Fail);
        hysteresis.Next(step.State, look.ReadAt(late)).Observation.ReadAt(late).State.ShouldBe(Fail);
    }

    [Fact]
    public void An_ok_that_is_judged_from_a_held_fail_goes_stale_with_the_evidence_below()
    {
        Hysteresis inner = new(Below);
        Hysteresis outer = new(inner, failAfter: Count(2));
        Observation look = StampedObservation.At(Fail, new(Second(1)), 1) with
        {
            FreshUntil = new(Second(31)),
            EvidenceUntil = new(Second(31)),
        };

        Observation fail = inner.Next(inner.CreateState(default), look).Observation;
        Observation ok = outer.Next(outer.CreateState(default), fail).Observation;

        (fail.State, ok.State).ShouldBe((Fail, Ok));
        fail.ReadAt(new(Second(32))).State.ShouldBe(Fail);
        ok.ReadAt(new(Second(31))).State.ShouldBe(Ok);
        ok.ReadAt(new(Second(32))).State.ShouldBe(Error);
    }

    [Fact]
    public void Too_many_errors_go_stale_as_errors()
    {
        Hysteresis hysteresis = new(Below, Fail, errorAfter: Count(1));
        Observation look = StampedObservation.At(Error, new(Second(1)), 1) with { FreshUntil = new(Second(31)) };

        Observation shown = hysteresis.Next(hysteresis.CreateState(default), look).Observation;

        (shown.State, shown.FreshUntil).ShouldBe((Error, new Instant(Second(31))));
    }

    [Fact]
    public void A_state_held_during_errors_is_no_evidence_for_the_nodes_above()
    {
        Hysteresis inner = new(Below, Fail, errorAfter: Count(2));
        Hysteresis outer = new(inner, failAfter: Count(2));
        Step<Hysteresis.Judgement> first = inner.Next(
            inner.CreateState(default),
            StampedObservation.At(Fail, new(Second(1)), 1)
        );
        Step<Hysteresis.Judgement> held = inner.Next(first.State, StampedObservation.At(Error, new(Second(2)), 2));
        Step<Hysteresis.Judgement> tooMany = inner.Next(held.State, StampedObservation.At(Error, new(Second(3)), 3));

        Step<Hysteresis.Judgement> above = outer.Next(outer.CreateState(default), first.Observation);
        outer.Next(above.State, held.Observation).Observation.State.ShouldBe(Ok, "one fail was seen, and no second");
        (held.Observation.State, held.Observation.IsEvidence).ShouldBe((Fail, false));
        (tooMany.Observation.State, tooMany.Observation.IsEvidence).ShouldBe((Error, true));
    }
}
