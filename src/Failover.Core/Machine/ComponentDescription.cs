namespace Failover;

/// <summary>The description of a component: a task served under a name.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="Task">Its task.</param>
/// <param name="OnPost">What a POST does; null: POST is not allowed.</param>
/// <param name="ResponseDeadline">How long a request waits for an evaluation; null: until it ends.</param>
/// <param name="OnError">How an error is served; null: as an error.</param>
internal sealed record ComponentDescription(
    string Name,
    HealthTask Task,
    PostAction? OnPost = null,
    TimeSpan? ResponseDeadline = null,
    ErrorHandling? OnError = null
)
{
    /// <summary>The option by which a component asks for a histogram.</summary>
    public static SwitchOption ProbeHistogramOption { get; } =
        new(
            "probeHistogram",
            "counts how long the probes of all its checks take, for failover_component_probe_duration_seconds"
        );

    /// <summary>Whether how long its probes take is counted, for a histogram of its own.</summary>
    public bool HasProbeHistogram { get; init; }

    /// <summary>What delays its moves to fail where too many others of its group fail; null where nothing does.</summary>
    public Guard? Guard { get; init; }

    /// <summary>Whether its task is that of another component, under a name of its own: the nodes have their places in that one.</summary>
    public bool IsAlias { get; init; }

    /// <summary>How other jobs report to the heartbeats in it.</summary>
    public IEnumerable<HeartbeatAccess> Heartbeats =>
        HeartbeatNames.AreIn(Task)
            ? HeartbeatNames.In([this], Graph.NoNames).Select(heartbeat => heartbeat.Task.HeartbeatAccess!)
            : [];

    /// <summary>Who may POST to it, to its heartbeats or to its guard, without repetition.</summary>
    public IEnumerable<Authentication> Users =>
        OnPost is null && Guard is null && !HeartbeatNames.AreIn(Task) ? [] : UsersOfAll;

    private IEnumerable<Authentication> UsersOfAll =>
        Heartbeats
            .Select(heartbeat => heartbeat.Auth)
            .Prepend(OnPost?.Auth)
            .Append(Guard?.Auth)
            .OfType<Authentication>()
            .Distinct();

    /// <summary>The POST action as a configuration file says it, as <c>to_ok.fire</c>; null where there is none, or one that
    /// changes another component's task.</summary>
    public string? OnPostText =>
        OnPost is not null && PathTo(OnPost.Target, Task) is { } path ? string.Join('.', [.. path, "fire"]) : null;

    private static string[]? PathTo(HealthTask sought, HealthTask task)
    {
        if (ReferenceEquals(sought, task))
        {
            return [];
        }

        return task
            .Children.Select(
                (child, index) =>
                    PathTo(sought, child) is { } below ? (string[])[task.ChildName(index), .. below] : null
            )
            .FirstOrDefault(path => path is not null);
    }
}
