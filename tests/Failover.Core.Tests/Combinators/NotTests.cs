namespace Failover;

public sealed class NotTests
{
    private static readonly HealthTask A = new ProbeStub("a");

    [Fact]
    public void Ok_is_fail_and_fail_is_ok_and_an_error_stays_one() =>
        TruthTable.Holds(
            new Not(A),
            """
            O -> F
            F -> O
            E -> E
            """
        );

    [Fact]
    public void An_ok_lasts_no_longer_than_the_evidence_of_the_fail_that_it_follows_from()
    {
        Observation held = TruthTable.See("F", 1, "refused") with { EvidenceUntil = new(Second(9)) };
        TruthTable.Show(new Not(A), held).FreshUntil.ShouldBe(new(Second(9)));
        TruthTable.Show(new Not(A), held with { State = Ok }).FreshUntil.ShouldBe(Instant.Never);
    }

    [Fact]
    public void An_ok_that_follows_from_a_latch_lasts_no_longer_than_the_evidence_of_the_side_that_sets_it()
    {
        Toggle toggle = new(A, new Oneshot(), Fail);
        Observation background = TruthTable.See("O", 1) with { EvidenceUntil = new(Second(9)) };
        Observation latched = toggle.Next(toggle.CreateState(default), [background, null], default).Observation;
        TruthTable.Show(new Not(A), latched).FreshUntil.ShouldBe(new(Second(9)));
    }

    [Fact]
    public void The_reason_says_what_was_seen()
    {
        TruthTable.Show(new Not(A), TruthTable.See("F", 1, "refused")).Reason.ShouldBe("fail: refused (negated)");
        TruthTable.Show(new Not(A), TruthTable.See("O", 1)).Reason.ShouldBe("ok (negated)");
        TruthTable.Show(new Not(A), TruthTable.See("E", 1, "no descriptors")).Reason.ShouldBe("no descriptors");
    }

    [Fact]
    public void Everything_below_is_turned_round()
    {
        Not not = new(new Hysteresis(A, Fail));

        not.InitialShownState.ShouldBe(Ok);
        not.StandingBelow(Ok).ShouldBe(Fail);
        not.LatchedValue(NoMemory.Instance, [Fail]).ShouldBe(Ok);
        not.LatchedValue(NoMemory.Instance, [null]).ShouldBeNull();
        new Not(new Oneshot(Ok)).OkSources.ShouldBe(OkSources.Fire);
        new Not(new Not(new Oneshot())).OkSources.ShouldBe(OkSources.Fire);
        TruthTable.Show(new Not(A), [null]).IsEvidence.ShouldBeFalse();
    }

    [Fact]
    public void It_needs_a_task() =>
        Should
            .Throw<ArgumentNullException>(() => new Not(null!))
            .ShouldSay("task", "task is missing; accepted: a task");
}
