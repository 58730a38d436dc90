namespace Failover;

public sealed class AllTests
{
    private static readonly HealthTask A = new ProbeStub("a");
    private static readonly HealthTask B = new ProbeStub("b");

    [Fact]
    public void Is_fail_where_any_is_else_error_where_any_is_else_ok() =>
        TruthTable.Holds(
            new All(A, B),
            """
            OO -> O
            OF -> F
            OE -> E
            FO -> F
            FF -> F
            FE -> F
            EO -> E
            EF -> F
            EE -> E
            """
        );

    [Fact]
    public void The_reason_names_those_that_decided()
    {
        All all = new(("db1", A), ("db2", B));

        Reason("F", "refused", "O", "").ShouldBe("db1: refused");
        Reason("F", "refused", "F", "timed out").ShouldBe("db1: refused; db2: timed out");
        Reason("E", "no descriptors", "O", "").ShouldBe("db1: no descriptors");
        Reason("O", "", "O", "up").ShouldBe("db1; db2: up");

        string Reason(string first, string why, string second, string whyNot) =>
            TruthTable.Show(all, TruthTable.See(first, 1, why), TruthTable.See(second, 2, whyNot)).Reason;
    }

    [Fact]
    public void An_ok_with_a_warning_is_one_and_names_it_first()
    {
        All all = new(("a", A), ("b", B), ("c", A), ("d", B));

        Observation shown = Show("O");
        (shown.HasWarning, shown.Reason).ShouldBe((true, "d: expires in 9 days; a: up; b: up; 1 more"));
        Show("F").HasWarning.ShouldBeFalse();

        Observation Show(string first) =>
            TruthTable.Show(
                all,
                TruthTable.See(first, 1, "up"),
                TruthTable.See("O", 2, "up"),
                TruthTable.See("O", 3, "up"),
                TruthTable.See("O", 4, "expires in 9 days") with
                {
                    IsWarning = true,
                }
            );
    }

    [Fact]
    public void A_reason_of_many_is_short()
    {
        All all = new(TruthTable.Children(9));

        TruthTable
            .Show(all, [.. Enumerable.Range(1, 9).Select(i => TruthTable.See("F", i, "refused"))])
            .Reason.ShouldBe("c1: refused; c2: refused; c3: refused; 6 more");
        TruthTable
            .Show(all, [.. Enumerable.Range(1, 9).Select(i => TruthTable.See("F", i, new string('x', 1000)))])
            .Reason.Length.ShouldBeLessThan(220);
    }

    [Fact]
    public void A_fail_rests_on_those_that_failed_and_is_one_observation_however_often_the_others_are_probed()
    {
        All all = new(A, B);

        Observation first = TruthTable.Show(all, TruthTable.See("F", 1), TruthTable.See("O", 2));
        Observation second = TruthTable.Show(all, TruthTable.See("F", 1), TruthTable.See("O", 3));

        (first.Id, second.Id).ShouldBe((1, 1));
        second.Started.ShouldBe(new(Second(1)));
        second.Ended.ShouldBe(new(Second(1)));
    }

    [Fact]
    public void An_ok_rests_on_all()
    {
        Observation ok = TruthTable.Show(new All(A, B), TruthTable.See("O", 1), TruthTable.See("O", 3));

        (ok.Id, ok.Started, ok.Ended, ok.AllEndedSince).ShouldBe((3, new(Second(1)), new(Second(3)), new(Second(1))));
    }

    [Fact]
    public void What_is_not_evaluated_yet_decides_nothing()
    {
        Observation nothing = TruthTable.Show(new All(A, B), TruthTable.See("O", 1), null);
        (nothing.State, nothing.IsEvidence, nothing.Reason).ShouldBe((Fail, false, "not evaluated yet"));

        TruthTable.Show(new All(A, B), TruthTable.See("F", 1), null).IsEvidence.ShouldBeTrue();
    }

    [Fact]
    public void An_ok_that_rests_on_an_initial_state_is_no_evidence_and_a_fail_beside_one_is()
    {
        Observation initial = Observation.WithoutEvidence(Ok, "no result yet");

        TruthTable.Show(new All(A, B), TruthTable.See("O", 1), initial).IsEvidence.ShouldBeFalse();
        TruthTable.Show(new All(A, B), TruthTable.See("F", 1), initial).IsEvidence.ShouldBeTrue();
        TruthTable.Show(new All(A, B), TruthTable.See("F", 1), initial with { State = Fail }).Id.ShouldBe(1);
    }

    [Fact]
    public void It_begins_in_what_its_tasks_begin_in_if_that_decides()
    {
        new All(new Hysteresis(A, Fail), B).InitialShownState.ShouldBe(Fail);
        new All(new Hysteresis(A, Ok), B).InitialShownState.ShouldBeNull();
        new All(new Hysteresis(A, Ok), new Hysteresis(B, Ok)).InitialShownState.ShouldBe(Ok);
        new Background(new All(A, B), Second(1)).InitialState.ShouldBe(Fail);
    }

    [Fact]
    public void Latches_decide_in_the_same_logic()
    {
        All all = new(A, B);

        all.LatchedValue(NoMemory.Instance, [Fail, null]).ShouldBe(Fail);
        all.LatchedValue(NoMemory.Instance, [Ok, null]).ShouldBeNull();
        all.LatchedValue(NoMemory.Instance, [Ok, Ok]).ShouldBe(Ok);
    }

    [Fact]
    public void It_can_become_ok_by_what_all_of_its_tasks_can()
    {
        new All(A, B).OkSources.ShouldBe(OkSources.Evidence);
        new All(A, new Oneshot()).OkSources.ShouldBe(OkSources.Fire);
        new All(new Oneshot(), new Hysteresis(new Oneshot(), okAfter: 2)).OkSources.ShouldBe(OkSources.None);
        new All(A, new Oneshot(Ok)).FailSources.ShouldBe(OkSources.Evidence | OkSources.Fire);
        Should.Throw<ArgumentException>(() => new Toggle(A, new All(A, new Hysteresis(new Oneshot(), okAfter: 2))));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        All all = new(("db1", A), ("db2", B));

        all.Summary.ShouldBe("all(db1: a, db2: b)");
        all.OwnSummary.ShouldBe("all of 2");
        new All(A).Summary.ShouldBe("all(a)");
        all.LongestTime.ShouldBe(Second(10));
    }
}
