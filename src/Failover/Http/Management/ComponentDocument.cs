using System.Text.Json.Serialization;

namespace Failover;

/// <summary>One component explained: <c>/-/api/v1/components/{name}</c>.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="State">What it serves; of one that is evaluated by requests, what it served last.</param>
/// <param name="Reason">Why. May be empty.</param>
/// <param name="Since">When it came to that state, by the wall clock; null where it is unknown.</param>
/// <param name="OnPost">What a POST does, as <c>to_ok.fire</c>; null: POST is not allowed.</param>
/// <param name="ResponseDeadline">How long a request waits for an evaluation; null: until it ends.</param>
/// <param name="Description">The whole task with all its options, in text.</param>
/// <param name="Tree">Every node: what it shows, on what evidence, and what would change it.</param>
/// <param name="Latch">What would end its latch; null where it is not latched.</param>
/// <param name="HasWarning">Whether it is ok by an observation with a warning, which the reason says.</param>
/// <param name="PerformanceData">Figures of that observation, as a Nagios plugin writes them. May be empty.</param>
/// <param name="OnError">As what an error is served, and for how long: <c>hold for at most 5m</c>; null: as an error.</param>
/// <param name="HandledError">Why its state is unknown, where <c>on_error</c> has another one served; null where it is known, or served as
/// an error.</param>
/// <param name="Etag">Its version: another one once its state, its latches or its override are others. What is to change it says in
/// <c>If-Match</c> for which version it is meant.</param>
/// <param name="Override">The override that it serves; null where none is in force.</param>
/// <param name="Beneath">What it would serve without that.</param>
/// <param name="Maintenance">The maintenance window that it is in; null where none is open.</param>
internal sealed record ComponentDocument(
    string Name,
    HealthState State,
    string Reason,
    DateTimeOffset? Since,
    string? OnPost,
    [property: JsonPropertyName("response_deadline_seconds")] TimeSpan? ResponseDeadline,
    string Description,
    Explanation Tree,
    string? Latch = null,
    bool HasWarning = false,
    string PerformanceData = "",
    string? OnError = null,
    [property: JsonPropertyName("error")] string? HandledError = null,
    string Etag = "",
    OverrideDocument? Override = null,
    BeneathDocument? Beneath = null,
    MaintenanceDocument? Maintenance = null
);
