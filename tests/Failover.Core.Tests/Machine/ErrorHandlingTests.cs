namespace Failover;

/// <summary>How an error is served, and for how long.</summary>
public sealed class ErrorHandlingTests
{
    private static readonly ErrorHandling Hold = ErrorHandling.Of(OnError.Hold, Minute(1));

    private static Snapshot Definite(HealthState state, ErrorHandling handling) =>
        new(state, "seen", Since: null, FreshUntil: new(Second(30)))
        {
            OnError = handling,
            Evidence = 7,
            Ended = new(Second(1)),
        };

    [Theory]
    [InlineData(Ok)]
    [InlineData(Fail)]
    public void A_state_that_grew_too_old_is_held_for_its_time_and_no_longer(HealthState state)
    {
        Snapshot served = Definite(state, Hold);

        served.ReadAt(new(Second(30))).ShouldBeSameAs(served);
        Snapshot held = served.ReadAt(new(Second(31)));
        (held.State, held.HandledError).ShouldBe((state, "stale: the newest result is 30s old (seen)"));
        held.Reason.ShouldBe(
            $"{state.Word()} held for at most 1m of errors: stale: the newest result is 30s old (seen)"
        );
        held.IsError.ShouldBeTrue();
        held.FreshUntil.ShouldBe(new Instant(Second(90)), "counted from the moment at which it grew too old");

        served.ReadAt(new(Second(90))).State.ShouldBe(state);
        served.ReadAt(new(Second(90) + TimeSpan.FromTicks(1))).State.ShouldBe(Error);
        held.ReadAt(new(Second(91))).State.ShouldBe(Error, "what is held is not held anew");
        held.ReadAt(new(Second(91))).Reason.ShouldBe("stale: the newest result is 30s old (seen)");
    }

    [Fact]
    public void A_state_that_grew_too_old_is_a_fail_where_the_description_says_so()
    {
        Snapshot read = Definite(Ok, ErrorHandling.Of(OnError.Fail, null)).ReadAt(new(Minute(60)));

        (read.State, read.FreshUntil).ShouldBe((Fail, Instant.Never));
        read.Reason.ShouldBe("error served as fail: stale: the newest result is 59m59s old (seen)");
    }

    [Fact]
    public void Without_a_definite_state_there_is_nothing_to_hold()
    {
        Snapshot error = Definite(Error, Hold);

        Hold.Serve(error, definite: null, new(Second(1))).ShouldBeSameAs(error);
    }

    [Fact]
    public void The_time_is_five_minutes_where_none_is_given() =>
        ErrorHandling.Of(OnError.Hold, null).HoldsFor.ShouldBe(Minute(5));

    [Fact]
    public void A_time_is_for_holding_alone() =>
        Should
            .Throw<ArgumentException>(() => ErrorHandling.Of(OnError.Fail, Minute(1)))
            .ShouldSay(
                "onErrorFor",
                "onErrorFor is 1m beside onError: Fail; accepted: onError: Hold, or no onErrorFor"
            );

    [Fact]
    public void Bounds_are_checked()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => ErrorHandling.Of(OnError.Hold, Day(31)))
            .ShouldSay("onErrorFor", "onErrorFor is 31d; accepted: a duration from 1ms to 30d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => ErrorHandling.Of((OnError)7, null))
            .ShouldSay("onError", "onError is 7; accepted: error or fail or hold");
    }

    [Theory]
    [InlineData(OnError.Error, null)]
    [InlineData(OnError.Fail, "fail")]
    [InlineData(OnError.Hold, "hold for at most 5m")]
    public void It_is_told_as_a_file_says_it(OnError how, string? text) =>
        ErrorHandling.Of(how, null).Text.ShouldBe(text);
}
