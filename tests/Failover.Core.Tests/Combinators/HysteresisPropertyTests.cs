using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Random stories: observations, errors, the same observation again, time, fresh starts.</summary>
public sealed class HysteresisPropertyTests
{
    private static readonly string[] Marks =
    [
        .. new[] { "O", "O", "O", "F", "F", "F", "F", "E", "E", "=", "=", "-", "." },
        .. new[] { "O<", "F<", "E<", "*O", "*F" },
    ];

    private sealed record Story(
        HealthState Initial,
        SimpleThreshold OkAfter,
        SimpleThreshold FailAfter,
        SimpleThreshold? ErrorAfter,
        ImmutableArray<Move> Moves
    )
    {
        public override string ToString() =>
            $"initial={TableWords.Letter(Initial)} ok_after={OkAfter} fail_after={FailAfter}"
            + (ErrorAfter is null ? "" : $" error_after={ErrorAfter}")
            + $" seen: {Move.Row(Moves)}";

        public List<HysteresisRun.Moment> Play() => [.. HysteresisRun.Play(new(ToString()), new ProbeStub())];

        public IEnumerable<Story> Shorter() => Move.Fewer(Moves).Select(moves => this with { Moves = moves });
    }

    private static Gen<Story> Stories(
        Gen<SimpleThreshold> thresholds,
        Gen<SimpleThreshold?> errorAfter,
        string[] marks,
        params HealthState[] further
    ) =>
        from initial in Gen.Elements((HealthState[])[Ok, Fail, .. further])
        from okAfter in thresholds
        from failAfter in thresholds
        from error in errorAfter
        from moves in Move.Some(marks)
        select new Story(initial, okAfter, failAfter, error, moves);

    private static readonly Gen<SimpleThreshold?> Never = Gen.Constant<SimpleThreshold?>(null);
    private static readonly Gen<SimpleThreshold?> NeverOrSome = Gen.OneOf(
        Never,
        SimpleThreshold.Any.Select(threshold => (SimpleThreshold?)threshold)
    );

    [Fact]
    public void Decides_as_the_simple_one_that_recomputes_everything_each_time() =>
        Property.Holds(
            Stories(SimpleThreshold.Any, NeverOrSome, Marks, First),
            story => story.Shorter(),
            story =>
            {
                SimpleHysteresis simple = new(story.Initial, story.OkAfter, story.FailAfter, story.ErrorAfter);
                foreach (HysteresisRun.Moment moment in story.Play())
                {
                    if (moment.Cell.What is "*O" or "*F")
                    {
                        simple.Restart(TableWords.State(moment.Cell.What[1..]), moment.Cell.At);
                    }
                    else
                    {
                        moment.Shown.ShouldBe(simple.See(moment.Seen), $"at {moment.Cell.Text}");
                    }
                }
            }
        );

    [Fact]
    public void Count_a_flip_means_that_the_last_n_definite_observations_all_contradicted_the_old_state() =>
        Property.Holds(
            Stories(SimpleThreshold.Counts, Never, Marks),
            story => story.Shorter(),
            story =>
            {
                foreach ((HealthState old, List<Observation> definite) in Flips(story.Play(), story.Initial))
                {
                    int needed = (old == Ok ? story.FailAfter : story.OkAfter).Observations!.Value;
                    definite.Count.ShouldBeGreaterThanOrEqualTo(needed);
                    definite.TakeLast(needed).ShouldAllBe(look => look.State != old);
                }
            }
        );

    [Fact]
    public void Time_a_flip_means_the_whole_duration_between_two_contrary_observations_and_none_agreeing_between() =>
        Property.Holds(
            Stories(SimpleThreshold.Durations, Never, Marks),
            story => story.Shorter(),
            story =>
            {
                foreach ((HealthState old, List<Observation> definite) in Flips(story.Play(), story.Initial))
                {
                    TimeSpan needed = Second((old == Ok ? story.FailAfter : story.OkAfter).Seconds!.Value);
                    List<Observation> run = [.. definite.AsEnumerable().Reverse().TakeWhile(look => look.State != old)];
                    run.Count.ShouldBeGreaterThanOrEqualTo(2);
                    (run[0].Ended - run[^1].Ended).ShouldBeGreaterThanOrEqualTo(needed);
                }
            }
        );

    [Fact]
    public void Reading_again_changes_nothing() =>
        Property.Holds(
            Stories(SimpleThreshold.Any, NeverOrSome, Marks),
            story => story.Shorter(),
            story =>
            {
                Story polled = story with { Moves = [.. story.Moves.SelectMany(move => new[] { move, new("=", 0) })] };

                List<HysteresisRun.Moment> once = story.Play();
                List<HysteresisRun.Moment> twice = polled.Play();

                for (int index = 0; index < once.Count; index++)
                {
                    twice[2 * index].Shown.ShouldBe(once[index].Shown);
                    twice[2 * index + 1].State.ShouldBe(twice[2 * index].State);
                    twice[2 * index + 1].Shown.ShouldBe(once[index].Shown);
                }
            }
        );

    [Fact]
    public void The_same_story_gives_the_same_states() =>
        Property.Holds(
            Stories(SimpleThreshold.Any, NeverOrSome, Marks),
            story => story.Shorter(),
            story => story.Play().ShouldBe(story.Play())
        );

    [Fact]
    public void A_story_that_begins_later_gives_the_same_states() =>
        Property.Holds(
            Stories(SimpleThreshold.Any, NeverOrSome, Marks),
            story => story.Shorter(),
            story =>
            {
                // A fresh start is the beginning here, so that both stories know when they began.
                string stand = $"*{TableWords.Letter(story.Initial)}";
                IEnumerable<HealthState> Shown(int start) =>
                    (story with { Moves = story.Moves.Insert(0, new(stand, start)) })
                        .Play()
                        .Select(moment => moment.Shown);

                Shown(1_000_000).ShouldBe(Shown(0));
            }
        );

    /// <summary>Each change of state with the old state and all definite observations since the newest fresh start, each
    /// of them once.</summary>
    private static IEnumerable<(HealthState Old, List<Observation> Definite)> Flips(
        IEnumerable<HysteresisRun.Moment> moments,
        HealthState initial
    )
    {
        HealthState old = initial;
        List<Observation> definite = [];
        foreach (HysteresisRun.Moment moment in moments)
        {
            if (moment.Seen is null)
            {
                definite = moment.Cell.What is "." ? definite : [];
            }
            else if (
                moment.Seen.IsEvidence
                && moment.Seen.State != Error
                && !moment.Cell.IsEarly
                && !moment.Cell.IsAgain
            )
            {
                definite.Add(moment.Seen);
            }

            if (moment.Shown != old && moment.Seen is not null)
            {
                yield return (old, [.. definite]);
            }

            old = moment.Shown;
        }
    }
}
