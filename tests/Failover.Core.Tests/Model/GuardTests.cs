namespace Failover;

public sealed class GuardTests
{
    [Theory]
    [InlineData(2, null, 10, 2)]
    [InlineData(20, null, 10, 10)]
    [InlineData(null, 50.0, 10, 5)]
    [InlineData(null, 50.0, 3, 1)]
    [InlineData(null, 33.4, 3, 1)]
    [InlineData(null, 10.0, 3, 0)]
    [InlineData(2, 50.0, 10, 2)]
    [InlineData(6, 50.0, 10, 5)]
    public void So_many_may_fail(int? count, double? percent, int members, int most) =>
        new Guard("web", count, percent).MostFailing(members).ShouldBe(most);

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Should
            .Throw<ArgumentException>(() => new Guard("web"))
            .Message.ShouldStartWith(
                "the guard \"web\" has no threshold; accepted: maxFailing, maxFailingPercent or both"
            );
        Should.Throw<ArgumentException>(() => new Guard("a b", maxFailing: 1));
        Should.Throw<ArgumentException>(() => new Guard("web", maxFailing: 0));
        Should.Throw<ArgumentException>(() => new Guard("web", maxFailingPercent: 101));
        Should.Throw<ArgumentException>(() => new Guard("web", maxFailing: 1, maxDelay: TimeSpan.Zero));
    }
}
