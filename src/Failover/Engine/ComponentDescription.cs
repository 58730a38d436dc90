namespace Failover;

/// <summary>A component as it is described: what is served under a name.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="Task">What stands behind it.</param>
/// <param name="OnPost">What a POST does; null: POST is not allowed.</param>
/// <param name="ResponseDeadline">How long a request waits for an evaluation; null: until it ends.</param>
internal sealed record ComponentDescription(
    string Name,
    HealthTask Task,
    PostAction? OnPost = null,
    TimeSpan? ResponseDeadline = null
)
{
    /// <summary>What a POST does, as the configuration file says it: the way from the task to the oneshot, then <c>fire</c>; null
    /// where it does nothing.</summary>
    public string? OnPostPath =>
        OnPost is null ? null
        : WayTo(OnPost.Target, Task) is { } way ? string.Join('.', way.Append(Fire))
        // A part of another component.
        : $"{OnPost.Target}.{Fire}";

    private const string Fire = "fire";

    private static IEnumerable<string>? WayTo(HealthTask sought, HealthTask task)
    {
        if (ReferenceEquals(sought, task))
        {
            return [];
        }

        return task
            .Children.Select((child, index) => WayTo(sought, child)?.Prepend(task.ChildName(index)))
            .FirstOrDefault(way => way is not null);
    }
}
