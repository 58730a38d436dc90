using System.Globalization;

namespace Failover.Abstractions;

/// <summary>An option that is a list of tasks. Always required, and never empty.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record TaskListOption(string Name, string Meaning) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a list of tasks";

    /// <inheritdoc/>
    public override string? Default => null;

    internal override IReadOnlyList<HealthTask> Tasks(object? value) => (ValueList<HealthTask>)value!;

    /// <summary><c>tasks[0]</c>.</summary>
    internal override string TaskName(int index) => string.Create(CultureInfo.InvariantCulture, $"{Key}[{index}]");

    /// <summary>The given tasks.</summary>
    /// <exception cref="ArgumentException">No list, an empty one, or one with a hole.</exception>
    internal ValueList<HealthTask> Check(IEnumerable<HealthTask>? given)
    {
        ValueList<HealthTask> tasks = new(given ?? throw Refuse(null));
        return tasks.Count == 0 ? throw Refuse("an empty list")
            : tasks.Contains(null!) ? throw Refuse("a list with null")
            : tasks;
    }

    internal override string Text(object value) => Text(value, task => task.FullText);

    internal override string Text(object value, Func<HealthTask, string> below) =>
        $"[{string.Join(", ", ((ValueList<HealthTask>)value).Select(below))}]";
}
