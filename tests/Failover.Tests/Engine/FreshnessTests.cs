using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Whatever hangs for however long: an ok is served only if an evaluation has ended within the stale bound.</summary>
public sealed class FreshnessTests
{
    private static readonly TimeSpan Interval = Second(1);
    private static readonly TimeSpan StaleAfter = Second(4);

    [Fact]
    public void An_ok_rests_on_an_evaluation_within_the_stale_bound()
    {
        Gen<(int Tree, List<int> History)> scenarios =
            from tree in Gen.Choose(0, Trees.Length - 1)
            from history in Gen.ListOf(Gen.Choose(0, 9))
            select (tree, history.ToList());

        Prop.ForAll(scenarios.ToArbitrary(), scenario => PlayAsync(Trees[scenario.Tree], scenario.History))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60));
    }

    private static Func<Background, HealthTask>[] Trees =>
        [
            loop => loop,
            loop => new Hysteresis(loop, failAfter: Count(3)),
            loop => new Hysteresis(new Hysteresis(loop, failAfter: Second(2)), initialState: Fail, okAfter: Count(2)),
            loop => new Toggle(toFail: loop, toOk: new Oneshot()),
            loop => new Toggle(toFail: new Hysteresis(loop, failAfter: Count(2)), toOk: loop, initialState: Fail),
            loop => new Background(new Hysteresis(loop), Interval, staleAfter: StaleAfter),
        ];

    private static async Task<bool> PlayAsync(Func<Background, HealthTask> tree, List<int> history)
    {
        ScriptedCheck check = new();
        await using EngineUnderTest test = new();
        Component component = test.Add(tree(new Background(check, Interval, Ok, StaleAfter)));
        await test.StartAsync();

        foreach (int happening in history)
        {
            await HappenAsync(happening);
            bool isOk = await EngineUnderTest.PollAsync(component) == Ok;
            TimeSpan age = TimeSpan.FromTicks(test.Time.GetTimestamp() - check.EndedAt!.Value);
            (isOk && age > StaleAfter).ShouldBeFalse(
                $"{component.Description.Task}: ok, {age} after the newest evaluation"
            );
        }

        check.Gate?.TrySetResult();
        return true;

        async Task HappenAsync(int happening)
        {
            switch (happening)
            {
                case 0:
                    check.Gate ??= new TaskCompletionSource();
                    break;
                case 1:
                    check.Gate?.TrySetResult();
                    check.Gate = null;
                    await test.Engine.WhenIdleAsync();
                    break;
                case 2:
                    check.Sees = check.Sees == Ok ? Fail : Ok;
                    break;
                case 3:
                    check.Throws = check.Throws is null ? new InvalidOperationException("broken") : null;
                    break;
                case var some when check.Gate is null:
                    await test.AdvanceAsync(Second(some * 0.1), step: Second(0.1));
                    break;
                default:
                    test.Time.Advance(Second(happening * 0.3));
                    break;
            }
        }
    }
}
