namespace Failover;

public sealed class PostActionTests
{
    [Fact]
    public void Fire_aims_at_its_own_button_and_asks_its_users()
    {
        Users users = new();
        Oneshot reset = new(auth: users);

        reset.Fire.Target.ShouldBeSameAs(reset);
        reset.Fire.Auth.ShouldBeSameAs(users);
        reset.Fire.ShouldBe(reset.Fire);
        new Oneshot().Fire.Auth.ShouldBeNull();
    }

    [Fact]
    public void Reset_fires_the_one_oneshot_in_toOk_of_a_toggle()
    {
        Oneshot reset = new(auth: new Users());
        Toggle latch = new(toFail: new ProbeStub(), toOk: reset);

        latch.Reset.ShouldBe(reset.Fire);
        new Toggle(latch, toOk: new Hysteresis(reset)).Reset.Target.ShouldBeSameAs(reset);
        // The oneshot of another toggle that stands in toOk resets this one as well.
        new Toggle(new ProbeStub(), toOk: latch).Reset.ShouldBe(reset.Fire);
        new Toggle(new ProbeStub(), toOk: new Toggle(reset, reset)).Reset.Target.ShouldBeSameAs(reset);
    }

    [Fact]
    public void Reset_is_refused_where_it_is_not_clear_what_to_fire()
    {
        Should
            .Throw<InvalidOperationException>(() => new Toggle(new ProbeStub(), new ProbeStub("back")).Reset)
            .Message.ShouldBe(
                "Reset fires the oneshot in toOk, which is back and has none; "
                    + "accepted: one oneshot in toOk, or onPost: Fire of the oneshot that is meant"
            );
        Should
            .Throw<InvalidOperationException>(() =>
                new Toggle(new ProbeStub(), new Toggle(new Oneshot(Ok), new Oneshot())).Reset
            )
            .Message.ShouldContain("and has 2;");
    }

    private sealed record Users : Authentication;
}
