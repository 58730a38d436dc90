namespace Failover;

/// <summary>A component whose task is the same object keeps its vertices where nobody else has any part of them.</summary>
public sealed class KeptVertexTests
{
    private static readonly IReadOnlyDictionary<HealthTask, string> NoNames = Graph.NoNames;

    [Fact]
    public void Vertices_of_the_same_task_are_kept_and_others_made()
    {
        HealthTask same = Task("a");
        Graph from = GraphOf(new("gone", Task("g")), new("a", same), new("b", Task("b")));
        ComponentDescription added = new("new", Task("n"));
        GraphPlan plan = GraphPlan.Between(from, [new("a", same), added, new("b", Task("other"))], NoNames);

        plan.To.RootOf("a").ShouldBeSameAs(from.RootOf("a"));
        plan.IsKept(plan.To.RootOf("a")!).ShouldBeTrue();
        plan.IsUnchanged(plan.To.RootOf("a")!).ShouldBeTrue();
        plan.IsKept(plan.To.RootOf("b")!).ShouldBeFalse();
        plan.IsUnchanged(plan.To.RootOf("b")!).ShouldBeFalse();
        plan.Before(plan.To.RootOf("b")!).ShouldBeSameAs(from.RootOf("b"));
        plan.FreshKeys.ShouldBe(["/new#", "/new#task"], ignoreOrder: true);
        plan.IsKept(from.RootOf("gone")!).ShouldBeFalse();
    }

    // Its place in the graph, its name, or who stands above it is another one.
    [Theory]
    [InlineData("renamed")]
    [InlineData("named")]
    [InlineData("named below")]
    [InlineData("part of another")]
    [InlineData("another's root")]
    [InlineData("alias")]
    [InlineData("another first")]
    public void What_others_have_a_part_of_is_made_anew(string use)
    {
        Not same = Task("a");
        Graph from = GraphOf(new ComponentDescription("a", same), new("b", Task("b")));
        Dictionary<HealthTask, string> names = new(ReferenceEqualityComparer.Instance);
        if (use.StartsWith("named", StringComparison.Ordinal))
        {
            names.Add(use == "named" ? same : same.Task, "relay");
        }

        ComponentDescription a = new(use == "renamed" ? "other" : "a", same);
        ComponentDescription? other = use switch
        {
            "part of another" or "another first" => new("c", new Not(same.Task)),
            "another's root" => new("c", same.Task),
            "alias" => new("c", same) { IsAlias = true },
            _ => null,
        };
        ComponentDescription[] all = [a, .. new[] { other }.OfType<ComponentDescription>()];
        GraphPlan plan = GraphPlan.Between(from, use == "another first" ? [.. all.Reverse()] : all, names);
        Graph fresh = GraphPlan.Between(new(NoNames), use == "another first" ? all.Reverse() : all, names).To;

        plan.To.Vertices.ShouldAllBe(vertex => !plan.IsKept(vertex));
        plan.To.Vertices.Select(Text).ShouldBe(fresh.Vertices.Select(Text));
    }

    [Fact]
    public void One_that_others_had_a_part_of_before_is_made_anew()
    {
        Not same = Task("a");
        Graph from = GraphOf(new("a", same), new("c", new Not(same.Task)));
        GraphPlan plan = GraphPlan.Between(from, [new("a", same)], NoNames);

        plan.To.Vertices.ShouldAllBe(vertex => !plan.IsKept(vertex));
        plan.IsUnchanged(plan.To.RootOf("a")!).ShouldBeTrue();
        plan.To.Vertices[0].Parents.Length.ShouldBe(1);
    }

    private static string Text(Vertex vertex) =>
        $"{vertex.Key} {vertex.Order} {string.Join(',', vertex.Parents.Select(one => one.Key))} {string.Join(',', vertex.RootOf)}";

    private static Graph GraphOf(params ComponentDescription[] all) => GraphPlan.Between(new(NoNames), all, NoNames).To;

    private static Not Task(string name) => new(new ProbeStub(name));

    [Fact]
    public void A_component_that_is_kept_still_counts_time()
    {
        ComponentDescription timed = new("a", new Hysteresis(Task("a"), failAfter: Minute(1)));
        Graph before = GraphOf(timed);
        before.CountsTime.ShouldBeTrue();

        GraphPlan plan = GraphPlan.Between(before, [timed, new("b", Task("b"))], NoNames);

        plan.IsKept(plan.To.RootOf("a")!).ShouldBeTrue();
        plan.To.CountsTime.ShouldBeTrue();
    }
}
