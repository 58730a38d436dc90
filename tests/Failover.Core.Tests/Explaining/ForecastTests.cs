namespace Failover;

public sealed class ForecastTests
{
    [Fact]
    public void Both_ways_take_the_more_and_the_later_of_each() =>
        Way(more: 3, at: 10).And(Way(more: 1, at: 40)).ShouldBe(Way(more: 3, at: 40));

    [Fact]
    public void What_takes_as_little_and_comes_as_soon_outdoes_the_others() =>
        Failover
            .Forecast.Best([
                Way(more: 2, at: 40),
                Way(more: 5, at: 10),
                Way(more: 5, at: 10),
                Way(more: 2, at: 60),
                Way(more: 5, at: 20),
                Way(more: 1, at: 60),
            ])
            .ShouldBe([Way(more: 5, at: 10), Way(more: 2, at: 40), Way(more: 1, at: 60)]);

    private static Forecast Way(int more, double at) => new(more, new(Second(at)));
}
