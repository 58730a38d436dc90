using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Random trees and random histories: the engine and its deliberately simple second version serve the same
/// states.</summary>
public sealed class EngineModelTests
{
    private const int Trees = 500;

    [Fact]
    public void The_engine_serves_what_the_simple_one_does()
    {
        Gen<(int Seed, List<Happening> History)> scenarios =
            from seed in Gen.Choose(0, int.MaxValue)
            from history in Gen.ListOf(AnyHappening)
            select (seed, history.ToList());

        Prop.ForAll(scenarios.ToArbitrary(), scenario => PlayAsync(new Random(scenario.Seed), scenario.History))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Trees).WithEndSize(120));
    }

    private static Gen<Happening> AnyHappening =>
        Gen.Frequency(
            (6, Gen.Constant<Happening>(new Poll())),
            (
                4,
                from of in Gen.Choose(0, 2)
                from sees in Gen.Elements(Ok, Fail, Fail, Error)
                select (Happening)new Turns(of, sees)
            ),
            (4, from tenths in Gen.Choose(1, 40) select (Happening)new Passes(tenths)),
            (2, Gen.Constant<Happening>(new Fires()))
        );

    private abstract record Happening;

    private sealed record Poll : Happening;

    private sealed record Turns(int Check, HealthState Sees) : Happening;

    private sealed record Passes(int Tenths) : Happening;

    private sealed record Fires : Happening;

    private static async Task<bool> PlayAsync(Random random, List<Happening> history)
    {
        List<ScriptedCheck> checks = [];
        List<Oneshot> oneshots = [];
        HealthTask task = Grow(random, depth: 4, mayLoop: true, isReset: false, checks, oneshots);
        Oneshot? onPost = oneshots.Count == 0 ? null : oneshots[random.Next(oneshots.Count)];
        await using EngineUnderTest test = new();
        Component component = test.Add(task, onPost: onPost);
        await test.StartAsync();
        SimpleEngine simple = new(task, check => ((ScriptedCheck)check).Sees);
        simple.AdvanceTo(TimeSpan.Zero);

        foreach ((int index, Happening happening) in history.Index())
        {
            // No two things happen at one moment.
            await test.AdvanceAsync(Second(0.1), step: Second(0.1));
            simple.AdvanceTo(test.Engine.Clock.Now.SinceStart);
            (object engine, object expected) = await HappenAsync(happening);
            engine.ShouldBe(expected, $"{task.FullText}: at {index} {happening}");
        }

        return true;

        async Task<(object Engine, object Simple)> HappenAsync(Happening happening)
        {
            switch (happening)
            {
                case Turns turns:
                    if (checks.Count > 0)
                    {
                        checks[turns.Check % checks.Count].Sees = turns.Sees;
                    }

                    return (Ok, Ok);
                case Passes passes:
                    await test.AdvanceAsync(Second(passes.Tenths * 0.1), step: Second(0.1));
                    simple.AdvanceTo(test.Engine.Clock.Now.SinceStart);
                    return (Ok, Ok);
                case Fires when onPost is not null:
                    return (await test.FireAsync(component), simple.Fire(onPost));
                default:
                    return (await EngineUnderTest.PollAsync(component), simple.Poll());
            }
        }
    }

    private static HealthTask Grow(
        Random random,
        int depth,
        bool mayLoop,
        bool isReset,
        List<ScriptedCheck> checks,
        List<Oneshot> oneshots
    )
    {
        int kind = depth == 0 ? random.Next(2) : random.Next(2, 9);
        return kind switch
        {
            1 when isReset => NewOneshot(),
            0 or 1 or 2 => NewCheck(),
            3 or 4 or 5 => new Hysteresis(Below(mayLoop, isReset), AnyState(), AnyThreshold(), AnyThreshold()),
            6 when mayLoop => new Background(Below(mayLoop: false, isReset), Second(random.Next(3, 20) * 0.1)),
            6 or 7 => new Toggle(Below(mayLoop, isReset: false), Releasing(), AnyState()),
            _ => new Toggle(Below(mayLoop, isReset: false), NewOneshot(), AnyState()),
        };

        HealthTask Below(bool mayLoop, bool isReset) => Grow(random, depth - 1, mayLoop, isReset, checks, oneshots);
        HealthState AnyState() => random.Next(2) == 0 ? Ok : Fail;
        Threshold AnyThreshold() => random.Next(2) == 0 ? Count(random.Next(1, 4)) : Second(random.Next(1, 20) * 0.1);

        // A side that never becomes ok is refused.
        HealthTask Releasing()
        {
            HealthTask side = Below(mayLoop: false, isReset: true);
            return side.OkSources == OkSources.None ? NewOneshot() : side;
        }

        ScriptedCheck NewCheck()
        {
            ScriptedCheck check = new();
            checks.Add(check);
            return check;
        }

        Oneshot NewOneshot()
        {
            Oneshot oneshot = new();
            oneshots.Add(oneshot);
            return oneshot;
        }
    }
}
