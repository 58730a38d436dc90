namespace Failover;

/// <summary>A hysteresis that begins in <see cref="Units.First"/>: error until the first definite observation, which decides.</summary>
public sealed class FirstStateTests
{
    private static readonly HealthTask Below = new ProbeStub();

    [Theory]
    [InlineData(". - E E O F F F", "E E E E O O O O")]
    [InlineData("- F O F O O F", "  E F F F F O O")]
    public void Undecided_the_first_definite_observation_decides_whatever_the_thresholds(string seen, string state) =>
        Holds($"initial=E ok_after=2 fail_after=20   seen: {seen}\n state: {state}");

    [Fact]
    public void Undecided_below_a_toggle_it_takes_the_state_of_the_toggle() =>
        Holds(
            """
            initial=E ok_after=2 fail_after=2   seen:  *O F F *F O O
                                                state: O  O F F  F O
            """
        );

    [Fact]
    public void Undecided_it_persists_nothing_and_says_what_decides()
    {
        Hysteresis hysteresis = new(Below, initialState: First, failAfter: Count(3));
        Hysteresis.Judgement undecided = hysteresis.CreateState(default);

        hysteresis.ToPersistedState((object)undecided).ShouldBeNull();
        hysteresis.InitialState.ShouldBe(First);
        hysteresis.FullText.ShouldContain("initial_state: first");
        new Hysteresis(Below, First).ShouldNotBe(new Hysteresis(Below, Ok));
        Hysteresis.Judgement failed = hysteresis.Next(undecided, StampedObservation.At(Fail, new(Second(1)), 1)).State;
        hysteresis.ToPersistedState((object)failed).ShouldBe(PersistedState.Of(Fail));
    }

    private static void Holds(string text)
    {
        DecisionTable table = new(text);
        table.ShouldGive("state", HysteresisRun.Play(table, Below).Select(moment => TableWords.Letter(moment.Shown)));
    }
}
