namespace Failover;

public sealed class DeadMansSwitchTests
{
    [Fact]
    public async Task It_is_asked_for_by_GET_and_nothing_is_said()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();

        (await new DeadMansSwitch($"{server.Url}/ping/secret").SendAsync()).IsTaken.ShouldBeTrue();

        server.Only.Method.ShouldBe("GET");
        server.Only.Path.ShouldBe("/ping/secret");
        server.Only.Body.ShouldBeEmpty();
    }

    [Fact]
    public void It_is_told_every_minute_unless_another_interval_is_given()
    {
        new DeadMansSwitch("http://x").RepeatInterval.ShouldBe(Minute(1));
        new DeadMansSwitch("http://x", Second(10)).RepeatInterval.ShouldBe(Second(10));
        new DeadMansSwitch("http://x").IsLifeSign.ShouldBeTrue();
    }
}
