namespace Failover;

public sealed class TaskListOptionTests
{
    private static readonly ProbeStub A = new("a");
    private static readonly ProbeStub B = new("b");

    [Fact]
    public void A_task_without_a_name_is_called_by_its_text_and_people_need_no_label()
    {
        All all = new(B, A);

        all.Children.ShouldBe([A, B]);
        Names(all).ShouldBe(["a", "b"]);
        all.ChildLabel(0).ShouldBeEmpty();
        all.HasNamedChild(0).ShouldBeFalse();
        all.FullText.ShouldBe("all(tasks: [ProbeStub(a), ProbeStub(b)])");
    }

    [Fact]
    public void A_task_with_a_name_is_called_by_it()
    {
        All all = new(("second", A), ("first", B));

        all.Children.ShouldBe([B, A]);
        Names(all).ShouldBe(["first", "second"]);
        all.ChildLabel(0).ShouldBe("first");
        all.HasNamedChild(0).ShouldBeTrue();
        all.FullText.ShouldBe("all(tasks: {first: ProbeStub(b), second: ProbeStub(a)})");
    }

    [Fact]
    public void The_order_in_which_they_are_given_makes_no_difference()
    {
        new All(A, B).ShouldBe(new All(B, A));
        new All(A, B).FullText.ShouldBe(new All(B, A).FullText);
        new All(("x", A), ("y", B)).ShouldBe(new All(("y", B), ("x", A)));
        new All(("x", A), ("y", B)).ShouldNotBe(new All(("x", B), ("y", A)));
        new All(("a", A)).ShouldNotBe(new All(A));
    }

    [Fact]
    public void Equal_texts_are_told_apart_by_what_they_leave_out_and_equal_tasks_by_a_number()
    {
        // The text of a hysteresis leaves out where it begins.
        Hysteresis ok = new(A, Ok);
        Hysteresis fail = new(A, Fail);

        string[] names = Names(new All(ok, fail));
        names.ShouldAllBe(name =>
            name.StartsWith("hysteresis(a, ok after 1, fail after 1) ", StringComparison.Ordinal)
        );
        names.ShouldBeUnique();
        Names(new All(fail, ok)).ShouldBe(names);
        Names(new All(A, new ProbeStub("a"), B)).ShouldBe(["a", "a (2)", "b"]);
    }

    [Fact]
    public void A_name_that_is_a_text_is_short_and_ends_no_owner()
    {
        HealthTask deep = new ProbeStub(new string('x', 1000));
        HealthTask other = new ProbeStub(new string('x', 999) + "y");

        string[] names = Names(new All(deep, other));
        names.ShouldAllBe(name => name.Length < 100);
        names.ShouldBeUnique();
        Names(new All(new ProbeStub("a#b"))).ShouldBe(["a%23b"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a#b")]
    [InlineData("a b")]
    public void Names_that_would_not_do_in_a_path_are_refused(string name) =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => new All((name, A)))
            .ShouldSay(
                "tasks",
                $"tasks is tasks with the name \"{name}\"; accepted: a name of letters, digits, - and _"
            );

    [Fact]
    public void Names_are_given_once_and_to_tasks()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new All(("db", A), ("db", B)))
            .ShouldSay("tasks", "tasks is tasks with two of \"db\"; accepted: a name of its own for each task");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new All(("db", null!)))
            .ShouldSay(
                "tasks",
                "tasks is tasks with null for \"db\"; accepted: a list of tasks, or a mapping of names to tasks"
            );
    }

    private static string[] Names(HealthTask task) => [.. task.Children.Select((_, index) => task.ChildName(index))];

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
            .Throw<ArgumentNullException>(() => new SampleAll(null!))
            .ShouldSay("tasks", "tasks is missing; accepted: a list of tasks, or a mapping of names to tasks");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new SampleAll([]))
            .ShouldSay("tasks", "tasks is an empty list; accepted: a list of tasks, or a mapping of names to tasks");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new SampleAll([A, null!]))
            .ShouldSay("tasks", "tasks is a list with null; accepted: a list of tasks, or a mapping of names to tasks");
    }
}
