namespace Failover.Abstractions;

/// <summary>An option that is several tasks, with names or without. Always required, and never empty.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record TaskListOption(string Name, string Meaning) : Option(Name, Meaning)
{
    private static readonly ChildNameOption NameOption = new();

    /// <inheritdoc/>
    public override string Accepted => "a list of tasks, or a mapping of names to tasks";

    /// <inheritdoc/>
    public override string? Default => null;

    internal override IReadOnlyList<HealthTask> Tasks(object? value) => (TaskList)value!;

    internal override string TaskName(object? value, int index) => ((TaskList)value!).NameOf(index);

    internal override string TaskLabel(object? value, int index) =>
        ((TaskList)value!).HasNames ? TaskName(value, index) : "";

    /// <summary>The given tasks, known by their texts.</summary>
    /// <exception cref="ArgumentException">None, or one is null.</exception>
    internal TaskList Check(IEnumerable<HealthTask>? given)
    {
        HealthTask[] tasks = [.. given ?? throw Refuse(null)];
        return tasks.Length == 0 ? throw Refuse("an empty list")
            : tasks.Contains(null!) ? throw Refuse("a list with null")
            // One that was made of a file has been checked, and may have names.
            : given as TaskList ?? TaskList.Unnamed(tasks);
    }

    /// <summary>The given tasks with their names.</summary>
    /// <exception cref="ArgumentException">None, one is null, or a name that is none or appears twice.</exception>
    internal TaskList Check(IEnumerable<(string Name, HealthTask Task)>? given)
    {
        (string Name, HealthTask Task)[] tasks = [.. given ?? throw Refuse(null)];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((string name, HealthTask task) in tasks)
        {
            if (name is null || !NameOption.Takes(name))
            {
                throw Refuse($"tasks with the name {Printable.Quoted(name ?? "null")}", NameOption.Accepted);
            }

            if (!names.Add(name))
            {
                throw Refuse($"tasks with two of {Printable.Quoted(name)}", "a name of its own for each task");
            }

            if (task is null)
            {
                throw Refuse($"tasks with null for {Printable.Quoted(name)}");
            }
        }

        return tasks.Length > 0 ? TaskList.Named(tasks) : throw Refuse("an empty list");
    }

    internal override string Text(object value) => Text(value, task => task.FullText);

    internal override string Text(object value, Func<HealthTask, string> below)
    {
        TaskList tasks = (TaskList)value;
        IEnumerable<string> texts = tasks.Select(
            (task, index) => tasks.HasNames ? $"{tasks.NameOf(index)}: {below(task)}" : below(task)
        );
        return tasks.HasNames ? $"{{{string.Join(", ", texts)}}}" : $"[{string.Join(", ", texts)}]";
    }

    private ArgumentOutOfRangeException Refuse(string got, string accepted) =>
        new(Name, got, $"{Name} is {got}; accepted: {accepted}");
}
