using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>What is configured and served: <c>/-/api/v1/configuration</c>. <c>failover check --diff</c> compares it with a
/// file.</summary>
/// <param name="File">The file that it was read from.</param>
/// <param name="Components">In the order of the file.</param>
/// <param name="Settings">What is configured beside them, by the keys of the file.</param>
internal sealed record ConfigurationDocument(
    string File,
    ImmutableArray<ConfiguredComponent> Components,
    ImmutableArray<ConfiguredSetting> Settings
);

/// <summary>One component as it is configured.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="Description">The whole task with all its options, in text: equal texts, equal tasks.</param>
/// <param name="OnPost">What a POST does, as <c>to_ok.fire</c>; null: POST is not allowed.</param>
/// <param name="ResponseDeadline">How long a request waits for an evaluation; null: until it ends.</param>
/// <param name="IsLatched">Whether a toggle in it holds a fail until a reset.</param>
/// <param name="State">What it serves.</param>
/// <param name="Settings">The task and its options, one by one.</param>
internal sealed record ConfiguredComponent(
    string Name,
    string Description,
    string? OnPost,
    [property: JsonPropertyName("response_deadline_seconds")] TimeSpan? ResponseDeadline,
    bool IsLatched,
    HealthState State,
    ImmutableArray<ConfiguredSetting> Settings
)
{
    /// <summary>Whether one of its latches is ended by an authorised POST alone.</summary>
    public bool HasAuthorisedLatch { get; init; }

    /// <summary>As what an error is served, and for how long: <c>hold for at most 5m</c>; null: as an error.</summary>
    public string? OnError { get; init; }

    /// <summary>Whether it has a histogram of its own of how long its probes take.</summary>
    public bool HasProbeHistogram { get; init; }

    /// <summary>A component as both sides of a comparison describe it.</summary>
    /// <param name="component">The component.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    /// <param name="isLatched">Whether a toggle in it holds a fail.</param>
    /// <param name="state">What it serves.</param>
    public static ConfiguredComponent Of(
        ComponentDescription component,
        Func<string, string> redact,
        bool isLatched,
        HealthState state
    ) =>
        new(
            component.Name,
            redact(component.Task.FullText),
            component.OnPostText,
            component.ResponseDeadline,
            isLatched,
            state,
            ConfiguredSetting.Of(component.Task, redact)
        )
        {
            OnError = component.OnError?.Text,
            HasProbeHistogram = component.HasProbeHistogram,
        };
}
