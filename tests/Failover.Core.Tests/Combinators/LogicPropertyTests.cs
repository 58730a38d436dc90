using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>All logic against a second version that tries every combination.</summary>
public sealed class LogicPropertyTests
{
    /// <param name="State">What a child shows.</param>
    /// <param name="Weight">How much it counts.</param>
    /// <param name="Fresh">For how many seconds it can be believed.</param>
    /// <param name="IsEvidence">Whether it rests on a probe.</param>
    private sealed record Child(HealthState State, int Weight, int Fresh, bool IsEvidence);

    private sealed record Story(ImmutableArray<Child> Children, int Needed);

    private static readonly Gen<Story> Stories =
        from count in Gen.Choose(1, 6)
        from children in (
            from state in Gen.Elements(Ok, Fail, Error)
            from weight in Gen.Elements(1, 1, 1, 2, 3)
            from fresh in Gen.Choose(1, 5)
            from evidence in Gen.Elements(true, true, true, false)
            select new Child(state, weight, fresh, evidence)
        ).ArrayOf(count)
        from needed in Gen.Choose(1, children.Sum(child => child.Weight))
        select new Story([.. children], needed);

    [Fact]
    public void The_result_is_that_of_every_combination_of_what_is_not_known() =>
        Property.Holds(
            Stories,
            Shorter,
            story =>
            {
                foreach ((HealthTask task, SimpleLogic simple) in Tasks(story))
                {
                    TruthTable
                        .Show(task, See(story))
                        .State.ShouldBe(simple.Judge([.. story.Children.Select(child => child.State)]));
                }
            }
        );

    [Fact]
    public void Read_later_it_is_what_is_judged_then_of_what_can_still_be_believed() =>
        Property.Holds(
            Stories,
            Shorter,
            story =>
            {
                foreach ((HealthTask task, _) in Tasks(story))
                {
                    Observation shown = TruthTable.Show(task, See(story));
                    for (int second = 0; second <= 6; second++)
                    {
                        Instant then = new(Second(second));
                        Observation?[] read = [.. See(story).Select(one => one.ReadAt(then))];
                        shown.ReadAt(then).State.ShouldBe(TruthTable.Show(task, read).State, $"{task} at {second} s");
                    }
                }
            }
        );

    [Fact]
    public void It_is_evidence_where_evidence_alone_decides_the_same() =>
        Property.Holds(
            Stories,
            Shorter,
            story =>
            {
                foreach ((HealthTask task, SimpleLogic simple) in Tasks(story))
                {
                    Observation shown = TruthTable.Show(task, See(story));
                    HealthState decided = simple.Judge([
                        .. story.Children.Select(child => child.IsEvidence ? child.State : Error),
                    ]);
                    if (shown.State != Error)
                    {
                        shown.IsEvidence.ShouldBe(decided == shown.State);
                    }
                }
            }
        );

    [Fact]
    public void What_changes_the_result_to_ok_or_fail_is_its_newest_evidence() =>
        Property.Holds(
            from story in Stories
            from index in Gen.Choose(0, story.Children.Length - 1)
            from state in Gen.Elements(Ok, Fail, Error)
            select (Story: story, Index: index, State: state),
            _ => [],
            change =>
            {
                Story before = change.Story with
                {
                    Children = [.. change.Story.Children.Select(child => child with { IsEvidence = true })],
                };
                foreach ((HealthTask task, _) in Tasks(before))
                {
                    Observation[] seen = See(before);
                    Observation shown = TruthTable.Show(task, seen);
                    seen[change.Index] = TruthTable.See(TableWords.Letter(change.State), 100);
                    Observation next = TruthTable.Show(task, seen);
                    if (next.State != shown.State && next.State != Error)
                    {
                        next.Id.ShouldBe(100, $"{task}: a hysteresis above would not count it");
                    }
                }
            }
        );

    // The children stand in the order of their names.
    private static IEnumerable<(HealthTask Task, SimpleLogic Simple)> Tasks(Story story)
    {
        (string Name, HealthTask Task)[] named =
        [
            .. story.Children.Select((_, index) => ($"n{index}", (HealthTask)new ProbeStub($"n{index}"))),
        ];
        yield return (new All(named), new(known => known.All(one => one)));
        yield return (new Any(named), new(known => known.Any(one => one)));
        yield return (
            new AtLeast(
                named,
                count: story.Needed,
                weights: story.Children.Select((child, index) => KeyValuePair.Create($"n{index}", child.Weight))
            ),
            new(known => known.Index().Sum(one => one.Item ? story.Children[one.Index].Weight : 0) >= story.Needed)
        );
    }

    private static Observation[] See(Story story) =>
        [
            .. story.Children.Select(
                (child, index) =>
                    TruthTable.See(TableWords.Letter(child.State), index + 1) with
                    {
                        Id = child.IsEvidence ? index + 1 : 0,
                        FreshUntil = child.State == Error ? Instant.Never : new(Second(child.Fresh)),
                    }
            ),
        ];

    private static IEnumerable<Story> Shorter(Story story) =>
        story.Children.Length == 1
            ? []
            : story.Children.Select(child =>
            {
                ImmutableArray<Child> fewer = story.Children.Remove(child);
                return new Story(fewer, Math.Min(story.Needed, fewer.Sum(one => one.Weight)));
            });
}
