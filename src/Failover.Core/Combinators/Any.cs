using System.Collections.Immutable;

namespace Failover;

/// <summary>Is ok where any of its tasks is ok, fail where all of them are, and an error otherwise.</summary>
/// <inheritdoc cref="Logic" path="/remarks"/>
public sealed record Any : Logic
{
    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="tasks">One or more tasks. Each is known by its text, so that its state does not depend on its place.</param>
    /// <exception cref="ArgumentException">No task, or one that is null.</exception>
    public Any(params IEnumerable<HealthTask> tasks)
        : base(TasksOption.Check(tasks)) { }

    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="tasks">One or more tasks, each with a name of letters, digits, - and _, as <c>("db1", check)</c>.</param>
    /// <exception cref="ArgumentException">No task, one that is null, or a name that is none or appears twice.</exception>
    public Any(params IEnumerable<(string Name, HealthTask Task)> tasks)
        : base(TasksOption.Check(tasks)) { }

    private static readonly TaskListOption TasksOption = new("tasks", "the tasks of which one has to be ok");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("any", "is ok where any of its tasks is ok, and fail where all of them are", [TasksOption])
        {
            Make = given => new Any((TaskList)given[0]!),
            WholeOption = TasksOption,
        };

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Tasks];

    internal override string OwnSummary => $"any of {Tasks.Count}";

    private protected override Kleene Rule => new(1, Tasks.Count);
}
