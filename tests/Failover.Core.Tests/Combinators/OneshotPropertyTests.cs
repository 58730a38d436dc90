using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>Random stories: fires, evaluations, time, fresh starts.</summary>
public sealed class OneshotPropertyTests
{
    private sealed record Story(HealthState Default, int? Expires, ImmutableArray<Move> Moves)
    {
        public override string ToString() =>
            $"default={TableWords.Letter(Default)}"
            + (Expires is null ? "" : $" expires={Expires}s")
            + $" do: {Move.Row(Moves)}";

        public IEnumerable<Story> Shorter() => Move.Fewer(Moves).Select(moves => this with { Moves = moves });
    }

    private static readonly Gen<Story> Stories =
        from defaultState in Gen.Elements(Ok, Fail)
        from expires in Gen.Elements<int?>(null, 1, 3, 10)
        from moves in Move.Some("R", "R", "R", "X", "X", "*")
        select new Story(defaultState, expires, moves);

    [Fact]
    public void Decides_as_the_simple_one_that_recomputes_from_the_history_each_time() =>
        Property.Holds(
            Stories,
            story => story.Shorter(),
            story =>
            {
                DecisionTable table = new(story.ToString());
                SimpleOneshot simple = new(story.Default, table.Duration("expires"));
                foreach (OneshotRun.Moment moment in OneshotRun.Play(table))
                {
                    switch (moment.Cell.What)
                    {
                        case "X":
                            simple.Fire(moment.Cell.At);
                            break;
                        case "*":
                            simple.Restart(moment.Cell.At);
                            break;
                        default:
                            moment.Shown.ShouldBe(simple.Read(moment.Cell.At), $"at {moment.Cell.Text}");
                            break;
                    }
                }
            }
        );

    [Fact]
    public void Every_use_is_preceded_by_a_fire_of_its_own() =>
        Property.Holds(
            Stories,
            story => story.Shorter(),
            story =>
            {
                int fires = 0;
                foreach (OneshotRun.Moment moment in OneshotRun.Play(new(story.ToString())))
                {
                    fires = moment.Cell.What is "X" ? 1 : fires;
                    if (moment.Shown is { } shown && shown != story.Default)
                    {
                        fires.ShouldBe(1);
                        fires = 0;
                    }
                }
            }
        );
}
