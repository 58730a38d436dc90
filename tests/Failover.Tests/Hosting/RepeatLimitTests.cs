using Microsoft.Extensions.Logging;

namespace Failover;

public sealed class RepeatLimitTests
{
    private static readonly EventId Slow = new(22, "Slow");

    private readonly ManualTime time = new();

    [Fact]
    public void One_message_of_a_kind_passes_in_a_minute_and_the_next_one_tells_of_the_others()
    {
        RepeatLimit limit = new(time);

        limit.Allows("web", Slow, out string first).ShouldBeTrue();
        limit.Allows("web", Slow, out _).ShouldBeFalse();
        time.Advance(Second(59.999));
        limit.Allows("web", Slow, out _).ShouldBeFalse();
        time.Advance(Second(0.001));
        limit.Allows("web", Slow, out string second).ShouldBeTrue();
        time.Advance(Minute(1));
        limit.Allows("web", Slow, out string third).ShouldBeTrue();

        first.ShouldBeEmpty();
        second.ShouldBe(" (2 more of this kind since the last one)");
        third.ShouldBeEmpty();
    }

    [Fact]
    public void Another_kind_has_a_minute_of_its_own()
    {
        RepeatLimit limit = new(time);

        limit.Allows("web", Slow, out _).ShouldBeTrue();
        limit.Allows("tls", Slow, out _).ShouldBeTrue();
        limit.Allows("web", new(23, "Fast"), out _).ShouldBeTrue();
    }
}
