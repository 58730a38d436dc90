namespace Failover;

public sealed class ComponentDescriptionTests
{
    private static readonly Oneshot Reset = new(auth: new UsersStub());
    private static readonly ProbeStub Target = new();

    [Fact]
    public void What_a_post_does_is_the_way_to_the_button_by_option_keys()
    {
        Toggle latch = new(Target, Reset);

        Path(latch).ShouldBe("to_ok.fire");
        Path(new Toggle(new Hysteresis(latch), new Oneshot())).ShouldBe("to_fail.task.to_ok.fire");
        Path(Reset).ShouldBe("fire");
    }

    [Fact]
    public void Of_two_equal_buttons_it_is_the_one_that_is_meant()
    {
        Oneshot other = new(auth: new UsersStub());
        other.ShouldBe(Reset);

        Path(new Toggle(new Toggle(Target, other), Reset)).ShouldBe("to_ok.fire");
    }

    [Fact]
    public void A_button_of_another_component_has_no_way() => Path(Target).ShouldBeNull();

    [Fact]
    public void Without_a_post_action_there_is_none() =>
        new ComponentDescription("mail", Target).OnPostText.ShouldBeNull();

    private static string? Path(HealthTask task) => new ComponentDescription("mail", task, Reset.Fire).OnPostText;

    private sealed record UsersStub : Authentication;
}
