namespace Failover;

public sealed class CacheTests
{
    private static readonly Cache Task = new(new ProbeStub(), Second(5));

    private static bool IsReusedAt(double second, params Observation[] seen)
    {
        object state = Task.CreateState(default);
        foreach (Observation one in seen)
        {
            state = Task.Next((Cache.Newest)state, [one], default).State;
        }

        return Task.ReusesResult(state, new(Second(second)));
    }

    [Fact]
    public void A_result_of_exactly_that_age_is_used_again()
    {
        IsReusedAt(6, TruthTable.See("O", 1)).ShouldBeTrue();
        IsReusedAt(6.001, TruthTable.See("O", 1)).ShouldBeFalse();
        IsReusedAt(6, TruthTable.See("F", 1)).ShouldBeTrue();
    }

    [Fact]
    public void Nothing_and_an_error_are_not()
    {
        IsReusedAt(0).ShouldBeFalse();
        IsReusedAt(1, TruthTable.See("E", 1)).ShouldBeFalse();
        IsReusedAt(2, TruthTable.See("O", 1), TruthTable.See("E", 2)).ShouldBeFalse();
    }

    [Fact]
    public void It_passes_what_its_task_shows() =>
        TruthTable.Holds(
            Task,
            """
            O -> O
            F -> F
            E -> E
            """
        );
}
