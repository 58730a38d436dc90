using System.Collections.Immutable;
using System.Globalization;

namespace Failover.Simulation;

/// <summary><c>all</c>, <c>any</c> or <c>at_least</c>, with children that have names or none.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Count">How many, of <c>at_least</c>.</param>
/// <param name="Names">Their names; empty where they are known by their texts.</param>
/// <param name="Tasks">The children.</param>
internal sealed record LogicTree(string Kind, int Count, ImmutableArray<string> Names, ImmutableArray<Tree> Tasks)
    : Tree
{
    /// <summary>How many of a hundred, of <c>at_least</c>; null where that is not given.</summary>
    public int? Percent { get; init; }

    /// <summary>How much the children with the first names count; empty where each counts as one.</summary>
    public ImmutableArray<int> Weights { get; init; } = [];

    public override ImmutableArray<Tree> Children => Tasks;

    public override Tree With(ImmutableArray<Tree> children) => this with { Tasks = children };

    public override string ToString()
    {
        IEnumerable<string> tasks = Tasks.Select(
            (task, index) => Names.IsEmpty ? $"{task}" : $"{Names[index]}: {task}"
        );
        string count = Kind == "at_least" ? string.Create(CultureInfo.InvariantCulture, $"{Count}, ") : "";
        string percent = Percent is { } part ? string.Create(CultureInfo.InvariantCulture, $"percent={part}, ") : "";
        string weights = Weights.IsEmpty ? "" : $"weights={string.Join('_', Weights)}, ";
        return $"{Kind}({count}{percent}{weights}{string.Join(", ", tasks)})";
    }

    public HealthTask Build(Func<Tree, HealthTask> build)
    {
        HealthTask[] tasks = [.. Tasks.Select(build)];
        (string, HealthTask)[] named = Names.IsEmpty ? [] : [.. Names.Zip(tasks)];
        KeyValuePair<string, int>[] weights =
        [
            .. Names.Zip(Weights, (name, weight) => KeyValuePair.Create(name, weight)),
        ];
        int count = Math.Min(Count, tasks.Length - weights.Length + weights.Sum(entry => entry.Value));
        return (Kind, Names.IsEmpty) switch
        {
            ("all", true) => new All(tasks),
            ("all", false) => new All(named),
            ("any", true) => new Any(tasks),
            ("any", false) => new Any(named),
            (_, true) => new AtLeast(tasks, count, Percent),
            (_, false) => new AtLeast(named, count, Percent, weights),
        };
    }
}

internal sealed record NotTree(Tree Task) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => new NotTree(children[0]);

    public override string ToString() => $"not({Task})";
}

internal sealed record WithinTree(Tree Task, int Fails, Limit Of) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"within({Task}, fails={Fails}, of={Of})");

    public Window Window => Of.Count > 0 ? Math.Max(Of.Count, Fails) : Units.Second(Of.Tenths * 0.1);
}

internal sealed record FlappingTree(Tree Task, int High, int Low) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"flapping({Task}, high={High}, low={Low})");
}

internal sealed record DependsTree(Tree Task, Tree On) : Tree
{
    public override ImmutableArray<Tree> Children => [Task, On];

    public override Tree With(ImmutableArray<Tree> children) => new DependsTree(children[0], children[1]);

    public override string ToString() => $"depends({Task}, {On})";
}

internal sealed record DeadlineTree(Tree Task, int After) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    public override string ToString() => $"deadline({Task}, {Seconds(After)})";
}

internal sealed record CacheTree(Tree Task, int MaxAge) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    public override string ToString() => $"cache({Task}, {Seconds(MaxAge)})";
}
