namespace Failover;

public sealed class SmokeTests
{
    [Fact]
    public void It_builds() => Units.Count(1).ShouldNotBeNull();
}
