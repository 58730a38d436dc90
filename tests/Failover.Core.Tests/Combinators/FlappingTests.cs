using FsCheck;
using FsCheck.Fluent;

namespace Failover;

public sealed class FlappingTests
{
    private static readonly HealthTask Below = new ProbeStub();

    /// <summary>What it shows for each thing seen: <c>O F E</c> an observation, <c>=</c> the newest one read again.</summary>
    private static string Show(Flapping flapping, string seen, out Flapping.History state)
    {
        state = flapping.CreateState(default);
        string shown = "";
        Observation newest = Observation.WithoutEvidence(Ok, "");
        foreach ((int index, char letter) in seen.Index())
        {
            newest = letter == '=' ? newest : TruthTable.See(letter.ToString(), index + 1);
            Step<Flapping.History> step = flapping.Next(state, [newest], default);
            state = step.State;
            shown += TableWords.Letter(step.Observation.State);
        }

        return shown;
    }

    [Theory]
    [InlineData("OOOOFFFF", "OOOOFFFF")]
    [InlineData("OEOEFE", "OEOEFE")]
    // The sixth change makes 34.5 %: over 30.
    [InlineData("OFOFOFO", "OFOFOFF")]
    [InlineData("OFOFOFFFFFO", "OFOFOFFFFFF")]
    public void It_passes_what_changes_little_and_holds_what_changes_much(string seen, string shown) =>
        Show(new(Below), seen, out _).ShouldBe(shown);

    [Fact]
    public void The_weights_are_those_of_Icinga_2()
    {
        // 20 changes: 0.80 + 0.82 + … + 1.18 = 19.8 of 20. One, the newest: 1.18 of 20.
        Show(new(Below), string.Concat(Enumerable.Repeat("OF", 11)), out Flapping.History all);
        Flapping.PercentOf(all).ShouldBe(99, tolerance: 1e-9);
        Show(new(Below), "OF", out Flapping.History one);
        Flapping.PercentOf(one).ShouldBe(5.9, tolerance: 1e-9);
        Show(new(Below), "OF" + new string('F', 19), out Flapping.History oldest);
        Flapping.PercentOf(oldest).ShouldBe(4, tolerance: 1e-9);
        Show(new(Below), "OF" + new string('F', 20), out Flapping.History none);
        Flapping.PercentOf(none).ShouldBe(0);
    }

    [Theory]
    [InlineData('O')]
    [InlineData('F')]
    public void The_final_state_is_shown_when_it_has_settled(char final)
    {
        string seen = string.Concat(Enumerable.Repeat("OF", 10)) + new string(final, 20);

        string shown = Show(new(Below), seen, out Flapping.History state);

        shown[^1].ShouldBe(final);
        state.IsFlapping.ShouldBeFalse();
        shown[10..20].ShouldBe("FFFFFFFFFF", "it flaps, and holds the state that it had");
    }

    [Fact]
    public void One_observation_counts_once_however_often_it_is_read()
    {
        Show(new(Below), "OF====", out Flapping.History read);
        Show(new(Below), "OF", out Flapping.History once);
        read.ShouldBe(once);
    }

    [Fact]
    public void It_does_what_the_simple_version_does() =>
        Property.Holds(
            from seen in Gen.Elements("O", "F", "F", "O", "E").ArrayOf(60)
            from high in Gen.Elements(10.0, 30, 50)
            from low in Gen.Elements(5.0, 10)
            select (Seen: string.Concat(seen), high, low),
            story => story.Seen.Length > 1 ? [story with { Seen = story.Seen[1..] }] : [],
            story =>
            {
                SimpleFlapping simple = new(story.high, story.low);
                string expected = string.Concat(
                    story.Seen.Select(letter => TableWords.Letter(simple.See(TableWords.State(letter.ToString()))))
                );
                Show(new(Below, story.high, story.low), story.Seen, out _).ShouldBe(expected);
            }
        );

    [Fact]
    public void A_held_ok_lasts_as_long_as_the_evidence_against_it()
    {
        Flapping flapping = new(Below, thresholdHigh: 5, thresholdLow: 5);
        Flapping.History state = flapping.Next(flapping.CreateState(default), [TruthTable.See("O", 1)], default).State;

        Observation held = flapping
            .Next(state, [TruthTable.See("F", 2, "refused") with { EvidenceUntil = new(Second(9)) }], default)
            .Observation;

        (held.State, held.FreshUntil).ShouldBe((Ok, new(Second(9))));
        held.Reason.ShouldBe("held while flapping, 5.9% changes; fail: refused");
    }

    [Fact]
    public void A_restart_of_the_process_goes_on_with_the_state_and_without_the_changes()
    {
        Flapping flapping = new(Below);
        Show(flapping, "OFOFOFO", out Flapping.History state);
        Combinator face = flapping;

        object restored = face.RestoreAt(face.ToPersistedState(state)!, Second(1), new(Second(5)));

        restored.ShouldBe(new Flapping.History(Fail, null, 0, false, new(Second(5)), 0));
        flapping.Next((Flapping.History)restored, [null], default).Observation.State.ShouldBe(Fail);
        face.ToPersistedState(flapping.CreateState(default)).ShouldBeNull();
    }

    [Fact]
    public void Bad_thresholds_are_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Flapping(Below, thresholdHigh: 101))
            .ShouldSay("thresholdHigh", "thresholdHigh is 101; accepted: a percentage over 0, up to 100");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Flapping(Below, thresholdHigh: 20))
            .ShouldSay("thresholdLow", "thresholdLow is 25, over thresholdHigh, 20; accepted: up to 20");
    }
}
