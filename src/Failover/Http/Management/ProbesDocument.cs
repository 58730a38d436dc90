using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>The newest probes of one component, from memory: <c>/-/api/v1/probes/{name}</c>.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="Probes">Of all its checks, the newest first. A restart begins anew.</param>
internal sealed record ProbesDocument(string Name, ImmutableArray<ProbeEntry> Probes);

/// <summary>A probe that has ended.</summary>
/// <param name="At">When it ended, by the wall clock.</param>
/// <param name="Check">The check, in one line.</param>
/// <param name="State">What it saw.</param>
/// <param name="Reason">Why. May be empty; over 200 characters it is cut.</param>
/// <param name="Duration">How long it took, to the microsecond.</param>
internal sealed record ProbeEntry(
    DateTimeOffset At,
    string Check,
    HealthState State,
    string Reason,
    [property: JsonPropertyName("duration_seconds"), JsonConverter(typeof(MicrosecondsConverter))] TimeSpan Duration
);
