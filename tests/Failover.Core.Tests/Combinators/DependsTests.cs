namespace Failover;

public sealed class DependsTests
{
    private static readonly Depends Task = new(new ProbeStub("target"), new ProbeStub("gateway"));

    /// <summary>What it shows for results of both, each at the second that its number says.</summary>
    private static IEnumerable<Observation> Play(params (string Target, int At, string Gateway, int GatewayAt)[] seen)
    {
        Depends.Judgement state = Task.CreateState(default);
        foreach (var (target, at, gateway, gatewayAt) in seen)
        {
            Step<Depends.Judgement> step = Task.Next(
                state,
                [TruthTable.See(target, at, "refused"), TruthTable.See(gateway, gatewayAt)],
                default
            );
            state = step.State;
            yield return step.Observation;
        }
    }

    private static string Shown(params (string Target, int At, string Gateway, int GatewayAt)[] seen) =>
        string.Concat(Play(seen).Select(one => TableWords.Letter(one.State)));

    [Fact]
    public void An_ok_passes_whatever_it_depends_on() =>
        Shown(("O", 2, "F", 1), ("O", 3, "E", 4), ("E", 5, "O", 6)).ShouldBe("OOE");

    [Fact]
    public void A_fail_passes_where_that_was_found_ok_since() => Shown(("F", 2, "O", 3)).ShouldBe("F");

    [Fact]
    public void A_fail_waits_for_a_result_of_what_it_depends_on() =>
        Shown(("F", 2, "O", 1), ("F", 2, "O", 3)).ShouldBe("EF");

    [Fact]
    public void A_fail_during_an_outage_never_passes_not_even_when_that_is_over() =>
        Shown(("F", 2, "F", 3), ("F", 2, "O", 4), ("F", 5, "O", 6)).ShouldBe("EEF");

    [Fact]
    public void A_fail_before_the_first_result_passes_unless_what_it_depends_on_is_known_not_to_be_ok()
    {
        Observation initial = Observation.NotEvaluated();

        Show("O").ShouldBe(initial);
        Show("F").State.ShouldBe(Error);
        Show("F").Reason.ShouldBe("what it depends on is fail; not evaluated yet");
        Show("F").IsEvidence.ShouldBeFalse();

        Observation Show(string gateway) =>
            Task.Next(Task.CreateState(default), [initial, TruthTable.See(gateway, 1)], default).Observation;
    }

    [Fact]
    public void It_passes_only_while_that_is_ok() =>
        Shown(("F", 2, "O", 3), ("F", 2, "F", 4), ("F", 2, "O", 5)).ShouldBe("FEF");

    [Fact]
    public void A_fail_passes_late_where_the_task_is_probed_more_often_than_what_it_depends_on()
    {
        Observation[] shown =
        [
            .. Play(("F", 2, "O", 1), ("F", 4, "O", 3), ("F", 6, "O", 3), ("F", 8, "O", 7), ("F", 10, "F", 9)),
        ];

        string.Concat(shown.Select(one => TableWords.Letter(one.State))).ShouldBe("EFFFE");
        // The fail of 2 s is decided at 3 s, that of 4 s at 7 s; in between there is nothing new to count.
        shown.Select(one => one.Id).ShouldBe([2, 3, 3, 7, 10]);
        shown.Select(one => one.Started.SinceStart.TotalSeconds).ShouldBe([2, 2, 2, 4, 10]);
    }

    [Fact]
    public void One_fail_is_one_observation_however_often_what_it_depends_on_is_probed()
    {
        Observation[] shown = [.. Play(("F", 2, "O", 1), ("F", 2, "O", 3), ("F", 2, "O", 4), ("F", 5, "O", 6))];

        shown.Select(one => one.Id).ShouldBe([2, 3, 3, 6]);
        shown[0].Reason.ShouldBe("what it depends on has no result since; refused");
        shown[1].Reason.ShouldBe("refused");
    }

    [Fact]
    public void Of_several_all_that_are_needed_have_to_be_new()
    {
        Depends depends = new(new ProbeStub("target"), new All(TruthTable.Children(2)));
        Observation half = TruthTable.Show(depends.On, TruthTable.See("O", 1), TruthTable.See("O", 3));
        Observation whole = TruthTable.Show(depends.On, TruthTable.See("O", 2), TruthTable.See("O", 3));

        Judge(half).ShouldBe(Error);
        Judge(whole).ShouldBe(Fail);

        HealthState Judge(Observation on) =>
            depends.Next(depends.CreateState(default), [TruthTable.See("F", 2), on], default).Observation.State;
    }

    [Fact]
    public void A_fail_is_believed_no_longer_than_what_it_depends_on()
    {
        Observation gateway = TruthTable.See("O", 3) with { FreshUntil = new(Second(9)) };

        Task.Next(Task.CreateState(default), [TruthTable.See("F", 2), gateway], default)
            .Observation.FreshUntil.ShouldBe(new(Second(9)));
    }

    [Fact]
    public void What_is_no_evidence_passes_and_decides_nothing()
    {
        Observation none = Observation.WithoutEvidence(Fail, "not evaluated yet");

        Task.Next(Task.CreateState(default), [none, null], default).Observation.ShouldBe(none);
        Task.Next(Task.CreateState(default), [null, null], default).Observation.IsEvidence.ShouldBeFalse();
        Task.Next(
                Task.CreateState(default),
                [TruthTable.See("F", 2), Observation.WithoutEvidence(Ok, "no result yet")],
                default
            )
            .Observation.State.ShouldBe(Error);
    }
}
