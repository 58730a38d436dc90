using System.Reflection;

namespace Failover;

/// <summary>What the watch for pauses relies on: it watches all the time only where some combinator says that it counts time.</summary>
public sealed class PauseConventionTests
{
    public static TheoryData<Type> Combinators =>
        [
            .. typeof(Combinator)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Combinator)) && !type.IsAbstract),
        ];

    [Theory]
    [MemberData(nameof(Combinators))]
    public void A_combinator_that_restarts_something_after_a_pause_says_when_it_counts_time(Type combinator) =>
        IsOverridden(combinator, "AfterPause").ShouldBe(IsOverridden(combinator, "get_CountsTime"));

    [Fact]
    public void Time_is_counted_where_a_threshold_or_a_window_is_a_duration_and_by_heartbeats()
    {
        HealthTask check = new ProbeStub();
        new Hysteresis(check, failAfter: 3).CountsTime.ShouldBeFalse();
        new Hysteresis(check, failAfter: Second(3)).CountsTime.ShouldBeTrue();
        new Hysteresis(check, okAfter: (Threshold)3 & Second(3)).CountsTime.ShouldBeTrue();
        new Hysteresis(check, errorAfter: Second(3)).CountsTime.ShouldBeTrue();
        new Within(check, 2, 5).CountsTime.ShouldBeFalse();
        new Within(check, 2, Second(5)).CountsTime.ShouldBeTrue();
        new Toggle(check, new Oneshot()).CountsTime.ShouldBeFalse();
    }

    private static bool IsOverridden(Type combinator, string method) =>
        combinator.GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType!.Name
        != nameof(Combinator);
}
