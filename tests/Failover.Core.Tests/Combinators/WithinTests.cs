using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

public sealed class WithinTests
{
    private static readonly HealthTask Below = new ProbeStub();

    /// <summary>Cells: <c>O F E</c> an observation, <c>=</c> the newest one read again, <c>*O *F</c> a fresh start under a toggle that has
    /// moved.</summary>
    private static void Holds(Within within, string text)
    {
        DecisionTable table = new(text);
        table.ShouldGive("state", Play(within, table).Select(shown => TableWords.Letter(shown)));
    }

    private static IEnumerable<HealthState> Play(Within within, DecisionTable table)
    {
        Within.Record state = within.CreateState(default);
        Observation newest = Observation.WithoutEvidence(Ok, "");
        HealthState shown = Ok;
        long id = 0;
        foreach (Cell cell in table.Row("seen"))
        {
            if (cell.What is "*O" or "*F")
            {
                shown = TableWords.State(cell.What[1..]);
                state = within.Restart(state, shown, cell.At);
                yield return shown;
                continue;
            }

            newest = cell.IsAgain ? newest : StampedObservation.At(cell, ++id);
            Step<Within.Record> step = within.Next(state, [newest], cell.At);
            state = step.State;
            yield return step.Observation.State;
        }
    }

    [Fact]
    public void It_fails_while_so_many_of_the_last_so_many_are_fails() =>
        Holds(
            new(Below, fails: 2, of: 4),
            """
            seen:  F O F O O F F O O O F
            state: O O F F O F F F F O O
            """
        );

    [Fact]
    public void A_fail_that_is_exactly_as_old_as_the_window_counts() =>
        Holds(
            new(Below, fails: 2, of: Second(10)),
            """
            seen:  F@1s F@11s O@12s F@20s F@30.001s F@31s
            state: O    F     O     F     O         F
            """
        );

    [Fact]
    public void Errors_show_and_are_not_counted() =>
        Holds(
            new(Below, fails: 2, of: 3),
            """
            seen:  F E F E O
            state: O E F E F
            """
        );

    [Fact]
    public void An_observation_counts_once() =>
        Holds(
            new(Below, fails: 2, of: 3),
            """
            seen:  F = = F
            state: O O O F
            """
        );

    [Fact]
    public void A_state_that_it_was_given_stands_until_the_window_is_full()
    {
        Holds(
            new(Below, fails: 2, of: 3),
            """
            seen:  F F *F O O O *O F O F
            state: O F F  F F O O  O O F
            """
        );
        Holds(
            new(Below, fails: 2, of: Second(10)),
            """
            seen:  *F@1s O@2s O@11s O@12s
            state: F     F    F     O
            """
        );
    }

    [Fact]
    public void It_does_what_the_simple_version_does() =>
        Property.Holds(
            from moves in Move.Some("O", "F", "F", "E", "*O", "*F")
            from fails in Gen.Choose(1, 4)
            from more in Gen.Choose(0, 5)
            from timed in Gen.Elements(true, false)
            select (Moves: moves, Fails: fails, Of: fails + more, IsTimed: timed),
            story => Move.Fewer(story.Moves).Select(moves => story with { Moves = moves }),
            story =>
            {
                if (story.Moves.IsEmpty)
                {
                    return;
                }

                Within within = story.IsTimed
                    ? new(Below, story.Fails, of: Second(story.Of))
                    : new(Below, story.Fails, of: story.Of);
                SimpleWithin simple = new(
                    story.Fails,
                    story.IsTimed ? null : story.Of,
                    story.IsTimed ? Second(story.Of) : null
                );
                // A fresh start counts nothing that began before it.
                DecisionTable table = new($"seen: {Move.Row(story.Moves)}");
                List<HealthState> expected = [];
                long id = 0;
                foreach (Cell cell in table.Row("seen"))
                {
                    if (cell.What is "*O" or "*F")
                    {
                        HealthState state = TableWords.State(cell.What[1..]);
                        simple.Restart(state);
                        expected.Add(state);
                    }
                    else
                    {
                        expected.Add(simple.See(StampedObservation.At(cell, ++id)));
                    }
                }

                Play(within, table).ShouldBe(expected);
            }
        );

    [Fact]
    public void A_restart_of_the_process_keeps_the_state()
    {
        Within within = new(Below, fails: 2, of: 3);
        Combinator face = within;
        Within.Record failing = (Within.Record)face.CreateStateShowing(Fail, default);

        Within.Record restored = (Within.Record)face.RestoreAt(face.ToPersistedState(failing)!, Second(1), default);

        restored.State.ShouldBe(Fail);
        within.Next(restored, [null], default).Observation.State.ShouldBe(Fail);
        within.Next(restored, [TruthTable.See("O", 1)], default).Observation.State.ShouldBe(Fail);
        face.ToPersistedState(within.CreateState(default)).ShouldBeNull();
    }

    [Fact]
    public void Time_in_which_nothing_was_observed_does_not_fill_the_window()
    {
        Combinator within = new Within(Below, fails: 2, of: Second(10));
        object state = within.CreateStateShowing(Fail, default);
        state = within.Judge(state, [TruthTable.See("O", 1)], default).State;

        state = within.AfterPause(state, new(Second(19)), new(Second(20)));

        within.Judge(state, [TruthTable.See("O", 21)], default).Observation.State.ShouldBe(Fail);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void The_number_may_be_edited(int before, int after)
    {
        Within first = new(Below, before, of: 5);
        Within.Record state = first.CreateState(default);
        for (int id = 1; id <= 4; id++)
        {
            state = first.Next(state, [TruthTable.See("F", id)], default).State;
        }

        Within second = new(Below, after, of: 5);
        string shown = "";
        foreach ((int index, char letter) in "FFOOOOOFFF".Index())
        {
            Step<Within.Record> step = second.Next(state, [TruthTable.See($"{letter}", 10 + index)], default);
            state = step.State;
            shown += TableWords.Letter(step.Observation.State);
        }

        shown.ShouldBe(after == 1 ? "FFFFFFOFFF" : "FFFFOOOOOF");
        state.Newest.Count().ShouldBe(after);
    }

    [Fact]
    public void It_explains_how_many_failed()
    {
        Within within = new(Below, fails: 2, of: 3);
        Step<Within.Record> step = within.Next(
            within.CreateState(default),
            [TruthTable.See("F", 1, "refused")],
            default
        );

        step.Observation.Reason.ShouldBe("1 of the last 3 failed: refused");
        within.Summary.ShouldBe("within(stub, 2 of 3)");
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Within(Below, fails: 3, of: 2))
            .ShouldSay("fails", "fails is 3, more than of, 2: it would never fail; accepted: 1 to 2");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Within(Below, fails: 1, of: 0))
            .ShouldSay("count", "window is a number of 0; accepted: 1 to 1000000 observations");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new Within(Below, fails: 1, of: Second(0)))
            .ShouldSay("duration", "window is a duration of 0ms; accepted: more than 0s, up to 30d");
        Should.Throw<ArgumentNullException>(() => new Within(Below, fails: 1, of: default));
    }
}
