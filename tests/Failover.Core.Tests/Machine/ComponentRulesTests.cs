namespace Failover;

public sealed class ComponentRulesTests
{
    private static readonly HealthTask Check = new ProbeStub("check");
    private static readonly Toggle Latching = new(Check, Check);

    [Fact]
    public void A_latch_in_a_task_without_a_name_is_refused_however_deep()
    {
        Faults(new All(Latching, Check))
            .ShouldBe([
                "the toggle of \"shop\" is in a task of its all that has no name: its latch would not be found again once that task is edited; a name for that task of all",
            ]);
        Faults(new Any(("web", new AtLeast([new Not(new Hysteresis(Latching))])))).Length.ShouldBe(1);
        Faults(new All(("web", Latching), ("mail", Check))).ShouldBeEmpty();
        Faults(new Toggle(new All(Check), new Any(("by-hand", Latching)))).ShouldBeEmpty();
    }

    [Fact]
    public void Below_a_task_that_has_a_name_of_its_own_it_is_not() =>
        Faults(new All(Latching, Check), isNamed: task => ReferenceEquals(task, Latching)).ShouldBeEmpty();

    private static string[] Faults(HealthTask task, Func<HealthTask, bool>? isNamed = null) =>
        [
            .. ComponentRules
                .Faults(new("shop", task), ComponentRules.InFile, isNamed ?? (_ => false))
                .Select(fault => $"{fault.Problem}; {fault.Accepted}"),
        ];
}
