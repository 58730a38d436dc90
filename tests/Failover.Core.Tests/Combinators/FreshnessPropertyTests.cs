using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Invariant 8 over random chains of judgements above one background loop that may hang at any time.</summary>
public sealed class FreshnessPropertyTests
{
    private static readonly TimeSpan StaleAfter = Second(30);

    /// <param name="Layers">The tasks above the check, from the bottom; one of them is the loop.</param>
    /// <param name="Moves"><c>O F E</c> a round of the loop, <c>=</c> a judgement without one, <c>wait</c> only time,
    /// <c>X</c> a fire.</param>
    private sealed record Story(ImmutableArray<string> Layers, ImmutableArray<Move> Moves)
    {
        public override string ToString() => $"{Build()} seen: {Move.Row(Moves)}";

        public HealthTask Build()
        {
            HealthTask below = new ProbeStub();
            foreach (string layer in Layers)
            {
                below = layer switch
                {
                    "loop" => new Background(below, Second(10), staleAfter: StaleAfter),
                    "toggle" => new Toggle(below, new Oneshot()),
                    "wait for fails" => new Hysteresis(below, failAfter: Count(3)),
                    "wait for oks" => new Hysteresis(below, Fail, okAfter: Count(2)),
                    "tell errors" => new Hysteresis(below, errorAfter: Count(2)),
                    _ => throw new FormatException(layer),
                };
            }

            return below;
        }

        public IEnumerable<Story> Shorter() =>
            Enumerable
                .Range(0, Layers.Length)
                .Where(index => Layers[index] is not "loop")
                .Select(index => this with { Layers = Layers.RemoveAt(index) })
                .Concat(Move.Fewer(Moves).Select(moves => this with { Moves = moves }));
    }

    private static readonly string[] Judges = ["wait for fails", "wait for oks", "tell errors"];

    private static readonly Gen<Story> Stories =
        from count in Gen.Choose(0, 3)
        from below in Gen.Elements(Judges).ArrayOf(1)
        from isBelow in Gen.Elements(true, false)
        from above in Gen.Elements([.. Judges, "toggle", "toggle"]).ArrayOf(count)
        from moves in Move.Some("O", "O", "F", "F", "F", "E", "=", "wait", "X")
        select new Story([.. isBelow ? below : [], "loop", .. above], moves);

    [Fact]
    public void An_ok_that_is_served_means_that_an_evaluation_completed_within_the_stale_bound() =>
        Property.Holds(
            Stories,
            story => story.Shorter(),
            story =>
            {
                HealthTask root = story.Build();
                TinyEngine engine = new(root);
                Instant completed = engine.Now;
                foreach (Move move in story.Moves)
                {
                    engine.Wait(Second(move.Wait));
                    switch (move.Mark)
                    {
                        case "wait":
                            break;
                        case "=":
                            engine.Read();
                            break;
                        case "X":
                            Fire(engine, root);
                            break;
                        default:
                            engine.See(TableWords.State(move.Mark));
                            completed = engine.Now;
                            break;
                    }

                    if (engine.Root == Ok)
                    {
                        (engine.Now - completed).ShouldBeLessThanOrEqualTo(StaleAfter, $"after {move}");
                    }
                }
            },
            tests: 2000
        );

    /// <summary>Fires the topmost button that can be fired, and judges again, as the engine does.</summary>
    private static void Fire(TinyEngine engine, HealthTask root)
    {
        for (HealthTask? task = root; task is not null; task = task.Children.FirstOrDefault())
        {
            if (task is Toggle toggle && engine.Fire(toggle))
            {
                engine.Read();
                return;
            }
        }
    }
}
