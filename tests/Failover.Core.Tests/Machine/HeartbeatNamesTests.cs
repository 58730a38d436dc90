namespace Failover;

public sealed class HeartbeatNamesTests
{
    private static readonly HeartbeatCheck Plain = new(Hour(1));

    private static IEnumerable<string> NamesIn(
        Dictionary<HealthTask, string> names,
        params ComponentDescription[] components
    ) => HeartbeatNames.In(components, names).Select(heartbeat => heartbeat.Name);

    [Fact]
    public void A_heartbeat_is_called_as_its_component_wherever_in_it_it_stands() =>
        NamesIn(
                [],
                new("backup", new HeartbeatCheck(Hour(1))),
                new("db/nightly", new Hysteresis(new Not(new HeartbeatCheck(Hour(1)))))
            )
            .ShouldBe(["backup", "db/nightly"]);

    [Fact]
    public void A_name_of_its_own_comes_first() =>
        NamesIn([], new ComponentDescription("backup", new HeartbeatCheck(Hour(1), name: "nightly")))
            .ShouldBe(["nightly"]);

    [Fact]
    public void In_a_named_task_it_is_called_as_that() =>
        NamesIn(
                new(ReferenceEqualityComparer.Instance) { [Plain] = "nightly" },
                new("a", new Hysteresis(Plain)),
                new("b", Plain) { IsAlias = true }
            )
            .ShouldBe(["nightly"]);

    [Fact]
    public void Where_components_share_one_it_belongs_to_the_one_whose_task_it_is() =>
        NamesIn([], new("a", new Hysteresis(Plain)), new ComponentDescription("b", Plain)).ShouldBe(["b"]);

    [Fact]
    public void Each_further_one_of_a_name_clashes_with_the_first()
    {
        HeartbeatCheck second = new(Hour(1));
        HeartbeatCheck third = new(Hour(1), name: "backup");

        HeartbeatNames
            .Clashes(
                [new("backup", new All(Plain, second)), new("other", new All(third, new HeartbeatCheck(Hour(1))))],
                Graph.NoNames
            )
            .Select(clash => (clash.Name, clash.First, clash.Second))
            .ShouldBe([("backup", Plain, second), ("backup", Plain, third)]);
    }
}
