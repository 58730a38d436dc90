using System.Text;

namespace Failover.Abstractions;

/// <summary>One option of a task as data: its name, meaning, default and bounds are defined here once, and constructor,
/// reference page and tests read them from here.</summary>
/// <param name="Name">The constructor's parameter, as <c>okAfter</c>.</param>
/// <param name="Meaning">What it does, in one sentence without a full stop.</param>
public abstract record Option(string Name, string Meaning)
{
    /// <summary>The name as configuration files spell it, as <c>ok_after</c>.</summary>
    internal string Key { get; } = SnakeCase(Name);

    /// <summary>What is accepted, in words.</summary>
    public abstract string Accepted { get; }

    /// <summary>The default in words; null where the option is required.</summary>
    public abstract string? Default { get; }

    /// <summary>A value of this option as text, exactly and in one line.</summary>
    internal abstract string Text(object value);

    /// <summary>The tasks in a value, in their order.</summary>
    internal virtual IReadOnlyList<HealthTask> Tasks(object? value) => [];

    /// <summary>What the task at <paramref name="index"/> of a value is to the one above, as its path says it.</summary>
    internal virtual string TaskName(object? value, int index) => Key;

    /// <summary>The same for people; empty where that is its text, which says it already.</summary>
    internal virtual string TaskLabel(object? value, int index) => TaskName(value, index);

    /// <summary>A value as <see cref="Text(object)"/> gives it, with other texts for the tasks in it.</summary>
    internal virtual string Text(object value, Func<HealthTask, string> below) => Text(value);

    private static string SnakeCase(string name)
    {
        StringBuilder key = new();
        foreach (char letter in name)
        {
            key.Append(char.IsUpper(letter) ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return key.ToString();
    }

    private protected ArgumentException Refuse(object? got) =>
        got is null
            ? new ArgumentNullException(Name, $"{Name} is missing; accepted: {Accepted}")
            : new ArgumentOutOfRangeException(Name, got, $"{Name} is {got}; accepted: {Accepted}");
}
