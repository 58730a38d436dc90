namespace Failover;

/// <summary>Whether a description is the same as before, told by its values or, where these do not tell, by its fingerprint.</summary>
public sealed class GraphPlanTests
{
    public static TheoryData<string> Edits => ["none", "interval", "threshold", "check", "list", "names", "order"];

    [Theory]
    [MemberData(nameof(Edits))]
    public void A_task_is_unchanged_where_its_fingerprint_is(string edit)
    {
        Graph from = GraphOf(Make("none"));
        GraphPlan plan = GraphPlan.Between(from, [new("c", Make(edit))], Graph.NoNames);

        Vertex root = plan.To.RootOf("c")!;
        bool isSame = root.Fingerprint == from.RootOf("c")!.Fingerprint;
        plan.IsUnchanged(root).ShouldBe(isSame);
        // Tasks with names are the same in any order.
        isSame.ShouldBe(edit is "none" or "order");
    }

    [Fact]
    public void One_that_is_changed_changes_what_it_is_part_of_and_nothing_else()
    {
        Graph from = GraphOf(Make("none"));
        GraphPlan plan = GraphPlan.Between(from, [new("c", Make("check"))], Graph.NoNames);

        plan.To.Vertices.Where(vertex => !plan.IsUnchanged(vertex))
            .Select(vertex => vertex.Task.KindName)
            .ShouldBe([nameof(ProbeStub), "hysteresis", "all", "background"]);
        plan.To.Vertices.ShouldAllBe(vertex => plan.Before(vertex) != null);
        plan.FreshKeys.ShouldBeEmpty();
    }

    [Fact]
    public void A_fingerprint_is_that_of_the_text_with_the_fingerprints_below()
    {
        Vertex root = GraphOf(new Not(new ProbeStub("a"))).RootOf("c")!;
        string below = Fingerprint.Text(Fingerprint.Of("ProbeStub(a)"));

        root.Children[0].Fingerprint.ShouldBe(below);
        root.Fingerprint.ShouldBe(Fingerprint.Text(Fingerprint.Of($"not(task: {below})")));
        // As state files have it since the first version.
        Fingerprint.Text(Fingerprint.Of("abc")).ShouldBe("ba7816bf8f01cfea414140de5dae2223");
    }

    private static Graph GraphOf(HealthTask task) =>
        GraphPlan.Between(new(Graph.NoNames), [new("c", task)], Graph.NoNames).To;

    // New objects each time: what is read again is never the same object.
    private static Background Make(string edit)
    {
        (string, HealthTask) first = (edit == "names" ? "primary" : "first", new ProbeStub("a"));
        (string, HealthTask) second = (
            "second",
            new Hysteresis(
                new ProbeStub(edit == "check" ? "other" : "b"),
                failAfter: edit == "threshold" ? Count(4) : Count(3)
            )
        );
        (string, HealthTask)[] tasks =
            edit == "order" ? [second, first]
            : edit == "list" ? [first]
            : [first, second];
        return new(new All(tasks), edit == "interval" ? Second(11) : Second(10));
    }
}
