namespace Failover;

public sealed class AddedComponentsTests
{
    private const string Token = "a-token-of-some-length";

    private readonly AddedComponents added = new();

    private static HeartbeatCheck Hourly(string? name = null) => new(Hour(1), token: Token, name: name);

    private void Refuses(string name, HealthTask task) =>
        Should
            .Throw<ArgumentException>(() => added.Add(new(name, task)))
            .Message.ShouldStartWith("two heartbeats are called ");

    [Fact]
    public void Two_heartbeats_of_one_name_are_refused()
    {
        added.Add(new("a", Hourly()));

        Refuses("b", Hourly("a"));
        Refuses("c", new All(Hourly(), Hourly()));
        added.All.Select(component => component.Name).ShouldBe(["a"]);
        added.Add(new("b", Hourly()));
    }

    [Fact]
    public void A_shared_heartbeat_is_one()
    {
        HeartbeatCheck shared = Hourly("shared");
        added.Add(new("a", new All(shared, Hourly())));
        added.Add(new("b", new All(shared, Hourly())));

        Refuses("c", Hourly("shared"));
    }

    [Fact]
    public void A_component_gives_its_name_to_a_heartbeat_of_one_before()
    {
        HeartbeatCheck shared = Hourly();
        added.Add(new("a", new Hysteresis(shared)));
        added.Add(new("taken", Hourly("b")));
        Refuses("b", shared);

        added.Add(new("c", shared));
        added.Add(new("d", Hourly("a")));
    }

    [Fact]
    public void One_that_a_component_shares_has_not_its_name()
    {
        HeartbeatCheck shared = Hourly();
        added.Add(new("a", shared));
        added.Add(new("b", new All(shared, Hourly())));

        Refuses("c", Hourly("b"));
    }

    [Fact]
    public void A_copy_has_the_same_names_taken_and_adds_nothing_to_the_first()
    {
        added.Add(new("a", Hourly("nightly")));
        AddedComponents copy = new(added);

        Should.Throw<ArgumentException>(() => copy.Add(new("b", Hourly("nightly"))));
        copy.Add(new("b", Hourly("daily")));
        added.Add(new("c", Hourly("daily")));
    }

    [Fact]
    public void To_add_twice_as_many_allocates_twice_as_much()
    {
        Allocated(10);

        (Allocated(2000) / (double)Allocated(1000)).ShouldBeLessThan(3);
    }

    private static long Allocated(int count)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        FailoverBuilder builder = new();
        for (int i = 0; i < count; i++)
        {
            builder.AddComponent($"component-{i}", Hourly());
        }

        builder.Build();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
