namespace Failover;

public sealed class AnyTests
{
    private static readonly HealthTask A = new ProbeStub("a");
    private static readonly HealthTask B = new ProbeStub("b");

    [Fact]
    public void Is_ok_where_any_is_else_error_where_any_is_else_fail() =>
        TruthTable.Holds(
            new Any(A, B),
            """
            OO -> O
            OF -> O
            OE -> O
            FO -> O
            FF -> F
            FE -> E
            EO -> O
            EF -> E
            EE -> E
            """
        );

    [Fact]
    public void An_ok_lasts_as_long_as_the_last_of_those_that_are()
    {
        Observation ok = TruthTable.Show(
            new Any(A, B),
            TruthTable.See("O", 1) with
            {
                FreshUntil = new(Second(10)),
                EvidenceUntil = new(Second(10)),
            },
            TruthTable.See("O", 2) with
            {
                FreshUntil = new(Second(20)),
                EvidenceUntil = new(Second(20)),
            }
        );

        (ok.FreshUntil, ok.EvidenceUntil).ShouldBe((new(Second(20)), new(Second(20))));
        (ok.Id, ok.Started).ShouldBe((2, new(Second(2))));
    }

    [Fact]
    public void The_reason_of_a_fail_names_all()
    {
        Any any = new(("db1", A), ("db2", B));

        TruthTable
            .Show(any, TruthTable.See("F", 1, "refused"), TruthTable.See("F", 2, "timed out"))
            .Reason.ShouldBe("db1: refused; db2: timed out");
        TruthTable.Show(any, TruthTable.See("F", 1, "refused"), TruthTable.See("O", 2)).Reason.ShouldBe("db2");
    }

    [Fact]
    public void One_latch_of_several_does_not_latch_it()
    {
        Any any = new(A, B);

        any.LatchedValue(NoMemory.Instance, [Fail, null]).ShouldBeNull();
        any.LatchedValue(NoMemory.Instance, [Fail, Fail]).ShouldBe(Fail);
    }

    [Fact]
    public void It_can_become_ok_by_what_any_of_its_tasks_can()
    {
        new Any(new Oneshot(), new Oneshot()).OkSources.ShouldBe(OkSources.Fire);
        new Any(A, new Oneshot()).OkSources.ShouldBe(OkSources.Evidence | OkSources.Fire);
        new Any(A, new Oneshot(Ok)).FailSources.ShouldBe(OkSources.Fire);
    }
}
