using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Failover;

/// <summary>A component serves another state than before.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state from then on.</param>
/// <param name="Reason">Why. May be empty.</param>
internal sealed record TransitionEvent(
    DateTimeOffset At,
    string Component,
    HealthState From,
    HealthState To,
    string Reason
);

/// <summary>A guard was tripped, or delays moves to fail no longer.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Guard">Its name.</param>
/// <param name="Step"><c>tripped</c>, <c>over</c>, <c>expired</c> or <c>released</c>.</param>
/// <param name="Failing">How many components of its group fail.</param>
/// <param name="Members">Of how many.</param>
/// <param name="MostFailing">How many may.</param>
/// <param name="MaxDelay">For how long at most moves to fail are delayed.</param>
internal sealed record GuardEvent(
    DateTimeOffset At,
    string Guard,
    GuardStep Step,
    int Failing,
    int Members,
    int MostFailing,
    [property: JsonPropertyName("max_delay_seconds")] TimeSpan MaxDelay
);

/// <summary>An override began, is about to end, or has ended.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="Step"><c>set</c>, <c>cleared</c>, <c>expires_soon</c>, <c>expired</c> or <c>ended_by_latch</c>.</param>
/// <param name="Kind"><c>ok</c>, <c>fail</c> or <c>hold</c>.</param>
/// <param name="Reason">Why it was set.</param>
/// <param name="User">Who did this; null where it came about by itself.</param>
internal sealed record OverrideEvent(
    DateTimeOffset At,
    string Component,
    OverrideStep Step,
    OverrideKind Kind,
    string Reason,
    string? User
);

/// <summary>A maintenance window opened or closed, or yields to a latch.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Maintenance">The name of the maintenance.</param>
/// <param name="Step"><c>opened</c>, <c>closed</c> or <c>yielded_to_latch</c>.</param>
/// <param name="Component">The component that is latched; null where all of the window are meant.</param>
/// <param name="State"><c>judged</c>, <c>hold</c> or <c>fail</c>.</param>
/// <param name="Reason">Why it is planned. May be empty.</param>
/// <param name="Until">When the window closes.</param>
internal sealed record MaintenanceEvent(
    DateTimeOffset At,
    string Maintenance,
    MaintenanceStep Step,
    string? Component,
    MaintenanceState State,
    string Reason,
    DateTimeOffset Until
);

/// <summary>Events that this reader has not got: it was too slow, or the process is another one than that of its cursor.</summary>
/// <param name="Missed">How many; null where that is not known. What they have changed is in the status.</param>
internal sealed record LostEvents(long? Missed);

/// <summary>An event as it is streamed.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Data">The document of that kind.</param>
internal readonly record struct StreamedEvent(string Name, byte[] Data)
{
    /// <summary>The document of an event; null where it has none.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static StreamedEvent? Of(RingEntry entry, Func<string, string> redact) =>
        entry.Event switch
        {
            StateChange change => Of(
                "transition",
                new(entry.At, change.Component, change.From, change.To, redact(change.Reason)),
                ManagementJson.Default.TransitionEvent
            ),
            GuardChange guard => Of(
                "guard",
                new(entry.At, guard.Guard, guard.Step, guard.Failing, guard.Members, guard.Most, guard.MaxDelay),
                ManagementJson.Default.GuardEvent
            ),
            OverrideChange { Override: var by } change => Of(
                "override",
                new(entry.At, by.Component, change.Step, by.Kind, redact(by.Reason), change.By),
                ManagementJson.Default.OverrideEvent
            ),
            MaintenanceChange { Window: var window } change => Of(
                "maintenance",
                new(
                    entry.At,
                    window.Name,
                    change.Step,
                    change.Component,
                    window.State,
                    redact(window.Reason),
                    window.Until
                ),
                ManagementJson.Default.MaintenanceEvent
            ),
            PostAudit post => Of(
                "post",
                new(entry.At, post.Component, post.User, post.Source, post.Outcome),
                ManagementJson.Default.HistoryPost
            ),
            _ => null,
        };

    /// <summary>That events were missed.</summary>
    public static StreamedEvent Lost(long? missed) => Of("lost", new(missed), ManagementJson.Default.LostEvents);

    private static StreamedEvent Of<T>(string name, T data, JsonTypeInfo<T> type) =>
        new(name, JsonSerializer.SerializeToUtf8Bytes(data, type));
}

/// <summary>Steps of an override as lower-case words.</summary>
internal sealed class OverrideStepConverter()
    : JsonStringEnumConverter<OverrideStep>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Steps of a maintenance window as lower-case words.</summary>
internal sealed class MaintenanceStepConverter()
    : JsonStringEnumConverter<MaintenanceStep>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>What is served in a maintenance window as lower-case words.</summary>
internal sealed class MaintenanceStateConverter()
    : JsonStringEnumConverter<MaintenanceState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Steps of a guard as lower-case words.</summary>
internal sealed class GuardStepConverter()
    : JsonStringEnumConverter<GuardStep>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
