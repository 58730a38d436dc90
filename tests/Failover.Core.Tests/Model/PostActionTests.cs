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

    private sealed record Users : Authentication;
}
