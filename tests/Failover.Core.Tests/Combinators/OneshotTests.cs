namespace Failover;

public sealed class OneshotTests
{
    private static void Holds(string text)
    {
        DecisionTable table = new(text);
        table.ShouldGive(
            "state",
            OneshotRun.Play(table).Select(moment => moment.Shown is { } shown ? TableWords.Letter(shown) : ".")
        );
    }

    [Fact]
    public void Gives_the_opposite_exactly_once_after_a_fire() =>
        Holds(
            """
            do:    R R X R R R X R R
            state: F F . O F F . O F
            """
        );

    [Fact]
    public void Two_fires_before_it_is_used_are_one() =>
        Holds(
            """
            do:    X X X R R
            state: . . . O F
            """
        );

    [Fact]
    public void With_default_ok_a_fire_gives_one_fail() =>
        Holds(
            """
            default=O   do:    R X R R
                        state: O . F O
            """
        );

    [Fact]
    public void A_fire_without_a_term_waits_for_ever() =>
        Holds(
            """
            do:    X R@10000d R
            state: . O        F
            """
        );

    [Fact]
    public void A_fire_that_is_exactly_as_old_as_its_term_still_counts() =>
        Holds(
            """
            expires=10s   do:    X@5s R@15s R
                          state: .    O     F
            """
        );

    [Fact]
    public void A_fire_that_is_older_than_its_term_is_forgotten() =>
        Holds(
            """
            expires=10s   do:    X@5s R@15.001s X R
                          state: .    F         . O
            """
        );

    [Fact]
    public void A_second_fire_restarts_the_term() =>
        Holds(
            """
            expires=10s   do:    X@0s X@8s R@18s R
                          state: .    .    O     F
            """
        );

    [Fact]
    public void A_restart_disarms_it() =>
        Holds(
            """
            do:    X * R R
            state: . . F F
            """
        );

    [Fact]
    public void What_it_shows_is_for_the_engine_to_stamp()
    {
        Oneshot oneshot = new();

        oneshot.Next(oneshot.CreateState(default), [], default).Observation.IsStamped.ShouldBeFalse();
    }

    [Fact]
    public void It_says_whether_it_was_fired()
    {
        Oneshot oneshot = new();

        oneshot.Next(Oneshot.Arm(default), [], default).Observation.Reason.ShouldBe("reset");
        oneshot.Next(oneshot.CreateState(default), [], default).Observation.Reason.ShouldBe("waiting for a reset");
    }

    [Fact]
    public void A_default_that_is_no_answer_is_refused() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Oneshot(Error))
            .ShouldSay("defaultState", "defaultState is Error; accepted: ok or fail");

    [Fact]
    public void A_term_out_of_range_is_refused() =>
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Oneshot(expires: TimeSpan.Zero))
            .ShouldSay("expires", "expires is 0ms; accepted: a duration from 1ms to 30d");
}
