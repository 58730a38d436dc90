using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Random stories of the fail-over with a manual fail-back: looks, readings, fires in time and too early,
/// restarts, time.</summary>
public sealed class TogglePropertyTests
{
    private static readonly string[] Marks = ["O", "F", "F", "F", "E", "=", "=", "X", "!", "R"];

    /// <summary>Marks: <c>O F E</c> a look, <c>=</c> a reading without one, <c>X</c> a fire, <c>!</c> a fire that nothing
    /// refuses, <c>R</c> a restart.</summary>
    private sealed record Story(
        bool IsBackground,
        HealthState Initial,
        SimpleThreshold OkAfter,
        SimpleThreshold FailAfter,
        ImmutableArray<Move> Moves
    )
    {
        public override string ToString() =>
            $"{(IsBackground ? "background" : "on demand")} initial={TableWords.Letter(Initial)} ok_after={OkAfter} "
            + $"fail_after={FailAfter} seen: {Move.Row(Moves)}";

        public Toggle Build()
        {
            HealthTask check = new ProbeStub();
            HealthTask below = IsBackground ? new Background(check, Second(10), staleAfter: Day(1)) : check;
            return new Toggle(
                new Hysteresis(
                    below,
                    Ok,
                    TableWords.Threshold(OkAfter.ToString()),
                    TableWords.Threshold(FailAfter.ToString())
                ),
                new Oneshot(),
                Initial
            );
        }

        public IEnumerable<Story> Shorter() => Move.Fewer(Moves).Select(moves => this with { Moves = moves });
    }

    private static Gen<Story> Stories(params string[] marks) =>
        from isBackground in Gen.Elements(true, false)
        from initial in Gen.Elements(Ok, Ok, Fail)
        from okAfter in SimpleThreshold.Any
        from failAfter in SimpleThreshold.Any
        from moves in Move.Some(marks)
        select new Story(isBackground, initial, okAfter, failAfter, moves);

    /// <summary>Leads the engine through the story and tells after each move what happened.</summary>
    private static void Play(Story story, Action<Move, TinyEngine, Toggle, Observation?, bool> afterwards)
    {
        Toggle toggle = story.Build();
        TinyEngine engine = new(toggle);
        foreach (Move move in story.Moves)
        {
            engine.Wait(Second(move.Wait));
            Observation? seen = null;
            bool isFired = false;
            switch (move.Mark)
            {
                case "X":
                    isFired = engine.Fire(toggle);
                    break;
                case "!":
                    engine.Arm(toggle);
                    isFired = engine.Of(toggle).State == Fail;
                    break;
                case "R":
                    engine.Restart();
                    break;
                case "=":
                    engine.Read();
                    break;
                default:
                    seen = engine.See(TableWords.State(move.Mark));
                    break;
            }

            afterwards(move, engine, toggle, seen, isFired);
        }
    }

    [Fact]
    public void Decides_as_the_simple_one_that_recomputes_everything_each_time() =>
        Property.Holds(
            Stories(Marks),
            story => story.Shorter(),
            story =>
            {
                SimpleToggle simple = new(story.Initial, Ok, story.OkAfter, story.FailAfter);
                Play(
                    story,
                    (move, engine, toggle, seen, isFired) =>
                    {
                        switch (move.Mark)
                        {
                            case "X" or "!":
                                simple.Fire().ShouldBe(isFired, "a fire is refused where there is nothing to reset");
                                break;
                            case "R":
                                simple.Restart(engine.Now);
                                break;
                            default:
                                break;
                        }

                        // An on-demand task is judged by a look only.
                        if (move.Mark is "O" or "F" or "E" || (story.IsBackground && move.Mark is "=" or "R"))
                        {
                            simple.Judge(seen, engine.Now);
                        }

                        engine.Of(toggle).State.ShouldBe(simple.State, $"after {move}");
                    }
                );
            }
        );

    [Fact]
    public void Latch_no_ok_comes_after_a_fail_without_exactly_one_fire_in_between() =>
        Property.Holds(
            Stories(Marks),
            story => story.Shorter(),
            story =>
            {
                HealthState before = story.Initial;
                bool isFired = false;
                Play(
                    story,
                    (move, engine, toggle, seen, isFire) =>
                    {
                        // A fire is in memory only: a restart forgets it. A second one before its use is the same one.
                        isFired = move.Mark is not "R" && (isFired || isFire);
                        HealthState now = engine.Of(toggle).State;
                        if (before == Fail && now == Ok)
                        {
                            isFired.ShouldBeTrue();
                            isFired = false;
                        }

                        before = now;
                    }
                );
            }
        );

    [Fact]
    public void Stale_fire_what_was_fired_before_a_failure_never_clears_it() =>
        Property.Holds(
            Stories("F", "F", "F", "O", "=", "!", "!"),
            story => story.Shorter(),
            story =>
            {
                Instant failedAt = default;
                Instant firedAt = default;
                HealthState before = story.Initial;
                Play(
                    story,
                    (move, engine, toggle, _, _) =>
                    {
                        firedAt = move.Mark is "!" ? engine.Now : firedAt;
                        HealthState now = engine.Of(toggle).State;
                        if (before == Ok && now == Fail)
                        {
                            failedAt = engine.Now;
                            firedAt = default;
                        }
                        else if (before == Fail && now == Ok)
                        {
                            firedAt.ShouldBeGreaterThanOrEqualTo(failedAt);
                            firedAt = default;
                        }

                        before = now;
                    }
                );
            }
        );

    [Fact]
    public void Oneshot_a_fire_is_used_up_by_the_fail_back() =>
        Property.Holds(
            Stories(Marks),
            story => story.Shorter(),
            story =>
                Play(
                    story,
                    (move, engine, toggle, _, _) =>
                    {
                        if (engine.Of(toggle) is { State: HealthState.Ok } && move.Mark is not "!")
                        {
                            bool isArmed = ((Oneshot.Trigger)engine.States[toggle.ToOk]).ArmedAt is not null;
                            bool isArmedEarly = story.Moves.Any(other => other.Mark is "!");
                            (isArmed && !isArmedEarly).ShouldBeFalse();
                        }
                    }
                )
        );

    [Fact]
    public void Reading_again_changes_nothing() =>
        Property.Holds(
            Stories("O", "F", "F", "E", "=", "X", "R"),
            story => story.Shorter(),
            story =>
            {
                Story background = story with { IsBackground = true };
                Play(
                    background,
                    (move, engine, toggle, _, _) =>
                    {
                        engine.Read();
                        Dictionary<HealthTask, object> once = new(engine.States, ReferenceEqualityComparer.Instance);
                        HealthState shown = engine.Root;
                        engine.Read();
                        engine.Root.ShouldBe(shown);
                        foreach ((HealthTask task, object state) in once)
                        {
                            engine.States[task].ShouldBe(state, task.Summary);
                        }
                    }
                );
            }
        );
}
