using System.Collections.Immutable;

namespace Failover.Simulation;

// Loops, logic and what limits an evaluation.
internal sealed partial class RandomTrees
{
    private BackgroundTree Background(Tree part) =>
        new(
            part,
            random.Next(5, 40),
            random.Next(3) == 0 ? random.Next(2) == 0 : null,
            random.Next(4) == 0 ? random.Next(1, 5) : null,
            random.Next(4) == 0 ? random.Next(5, 60) : null,
            random.Next(4) == 0 ? random.Next(1, 5) : null
        )
        {
            BeginsInFirst = random.Next(6) == 0,
        };

    private Tree Filter(Tree part, bool canLoop) =>
        random.Next(5) switch
        {
            0 => new WithinTree(part, random.Next(1, 4), Limit()),
            1 => new FlappingTree(part, random.Next(20, 50), random.Next(5, 20)),
            2 => new DependsTree(part, Gateway(canLoop)),
            3 => new DeadlineTree(part, random.Next(3, 20)),
            _ => new CacheTree(part, random.Next(3, 20)),
        };

    private Tree Gateway(bool canLoop)
    {
        CheckTree check = new("v", random.Next(5, 31));
        return canLoop && random.Next(3) > 0 ? Background(check) : check;
    }

    // A latch needs a name above it.
    private LogicTree Logic(ImmutableArray<Tree> children)
    {
        bool hasNames =
            random.Next(2) == 0 || children.Any(child => child.All.Any(part => part is ToggleTree or RefTree));
        string kind = random.Next(3) switch
        {
            0 => "all",
            1 => "any",
            _ => "at_least",
        };
        LogicTree logic = new(
            kind,
            random.Next(1, 4),
            hasNames ? [.. children.Select((_, index) => $"n{index}")] : [],
            children
        );
        if (kind != "at_least")
        {
            return logic;
        }

        return logic with
        {
            Percent = random.Next(3) == 0 ? random.Next(1, 101) : null,
            Weights = hasNames && random.Next(3) == 0 ? [.. children.Select(_ => random.Next(1, 4))] : [],
        };
    }

    private Tree EditLogic(LogicTree logic, ImmutableSortedDictionary<string, Tree> tasks, bool isNamed)
    {
        switch (random.Next(4))
        {
            case 0:
                // The order in which children are given makes no difference.
                return logic with
                {
                    Tasks = [.. logic.Tasks.Reverse()],
                    Names = logic.Names.IsEmpty ? [] : [.. logic.Names.Reverse()],
                    Weights = [.. logic.Weights.Reverse()],
                };
            case 1:
                return logic with { Kind = logic.Kind == "all" ? "any" : "all", Percent = null, Weights = [] };
            case 2 when logic.Tasks.Length > 1:
                int gone = random.Next(logic.Tasks.Length);
                return logic with
                {
                    Tasks = logic.Tasks.RemoveAt(gone),
                    Names = logic.Names.IsEmpty ? [] : logic.Names.RemoveAt(gone),
                    Weights = gone < logic.Weights.Length ? logic.Weights.RemoveAt(gone) : logic.Weights,
                };
            default:
                if (logic.Names.IsEmpty)
                {
                    return logic with { Tasks = logic.Tasks.Add(new CheckTree("p", random.Next(5, 31))) };
                }

                return logic with
                {
                    Tasks = logic.Tasks.Add(Task(depth: 1, canLoop: true, isNamed ? None : tasks)),
                    Names = logic.Names.Add($"m{++lastName}"),
                };
        }
    }
}
