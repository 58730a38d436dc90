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
);
