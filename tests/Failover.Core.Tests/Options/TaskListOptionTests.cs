namespace Failover;

public sealed class TaskListOptionTests
{
    private static readonly ProbeStub A = new("a");
    private static readonly ProbeStub B = new("b");

    [Fact]
    public void Each_task_is_called_by_its_place_in_the_list()
    {
        SampleAll all = new([A, B]);

        all.Children.ShouldBe([A, B]);
        all.ChildName(0).ShouldBe("tasks[0]");
        all.ChildName(1).ShouldBe("tasks[1]");
    }

    [Fact]
    public void The_full_text_says_every_task_and_every_value()
    {
        SampleAll all = new([A, B], [Second(1)], [new("sunday", Fail)]);

        all.FullText.ShouldBe(
            "sample_all(tasks: [ProbeStub(a), ProbeStub(b)], delays: [1s], starts_at: {sunday: fail})"
        );
        all.TextWith(task => task.Summary.ToUpperInvariant()).ShouldContain("tasks: [A, B]");
    }

    [Fact]
    public void Two_that_describe_the_same_are_equal()
    {
        SampleAll Describe(HealthState state) => new([new ProbeStub("a")], [Second(1)], [new("sunday", state)]);

        Describe(Fail).ShouldBe(Describe(Fail));
        Describe(Fail).GetHashCode().ShouldBe(Describe(Fail).GetHashCode());
        Describe(Fail).ShouldNotBe(Describe(Ok));
    }

    [Fact]
    public void A_list_without_tasks_is_refused()
    {
        Should
            .Throw<ArgumentNullException>(() => new SampleAll(null))
            .ShouldSay("tasks", "tasks is missing; accepted: a list of tasks");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new SampleAll([]))
            .ShouldSay("tasks", "tasks is an empty list; accepted: a list of tasks");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new SampleAll([A, null!]))
            .ShouldSay("tasks", "tasks is a list with null; accepted: a list of tasks");
    }
}
