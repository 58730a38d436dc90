namespace Failover;

public sealed class ValueListTests
{
    [Fact]
    public void Lists_of_equal_values_in_the_same_order_are_equal()
    {
        ValueList<string> list = new(["a", "b"]);

        list.ShouldBe(new ValueList<string>(["a", "b"]));
        list.GetHashCode().ShouldBe(new ValueList<string>(["a", "b"]).GetHashCode());
        list.Equals(new ValueList<string>(["b", "a"])).ShouldBeFalse();
        list.Equals(new ValueList<string>(["a"])).ShouldBeFalse();
        list.Equals(null).ShouldBeFalse();
    }

    [Fact]
    public void What_it_was_made_of_may_change()
    {
        List<string> given = ["a"];
        ValueList<string> list = new(given);

        given.Add("b");

        list.ShouldBe(["a"]);
        (list.Count, list[0]).ShouldBe((1, "a"));
    }
}
