namespace Failover;

public sealed class DeadlineTests
{
    private static readonly HealthTask Below = new ProbeStub();

    [Fact]
    public void It_passes_what_its_task_shows() =>
        TruthTable.Holds(
            new Deadline(Below, Second(3)),
            """
            O -> O
            F -> F
            E -> E
            """
        );

    [Fact]
    public void It_takes_no_longer_than_it_allows_nor_than_its_task()
    {
        new Deadline(Below, Second(3)).LongestTime.ShouldBe(Second(3));
        new Deadline(Below, Second(30)).LongestTime.ShouldBe(Second(10));
        new Deadline(Below, Second(3)).EvaluationLimit.ShouldBe(Second(3));
        new Deadline(Below, Second(3)).TimedOut.ShouldBe(Observation.TimedOut("timed out after 3s"));
    }

    [Fact]
    public void Of_fresh_results_of_several_the_slowest_counts_and_not_when_each_began()
    {
        HealthTask other = new ProbeStub("other");
        Deadline deadline = new(new All(Below, other), Second(3));

        FreshResult
            .Of(
                deadline,
                task => TruthTable.See("O", 1) with { Started = At(task), Ended = At(task) + Second(2) },
                default
            )!
            .State.ShouldBe(Ok);

        Instant At(HealthTask task) => new(Second(task == other ? 60 : 1));
    }

    [Fact]
    public void Of_fresh_results_one_that_took_so_long_is_a_fail()
    {
        Deadline deadline = new(Below, Second(3));

        Fresh(2.999).State.ShouldBe(Ok);
        Fresh(3).Reason.ShouldBe("timed out after 3s");

        Observation Fresh(double seconds) =>
            FreshResult.Of(
                deadline,
                _ => TruthTable.See("O", 1) with { Started = new(Second(1)), Ended = new(Second(1 + seconds)) },
                default
            )!;
    }
}
