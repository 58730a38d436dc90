using System.Globalization;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>The maintenance window that a component is in.</summary>
/// <param name="Name">The name of the maintenance.</param>
/// <param name="State">What it has its components serve: <c>judged</c>, <c>hold</c> or <c>fail</c>.</param>
/// <param name="Reason">Why. May be empty.</param>
/// <param name="Since">When the window opened, by the wall clock.</param>
/// <param name="Until">When it closes.</param>
/// <param name="HasYielded">Whether a latch has begun since, so that nothing is held any longer.</param>
/// <param name="Beneath">What would be served without it; null where that is what it serves.</param>
internal sealed record MaintenanceDocument(
    string Name,
    string State,
    string Reason,
    DateTimeOffset Since,
    DateTimeOffset Until,
    bool HasYielded,
    BeneathDocument? Beneath
)
{
    /// <summary>As people read it: <c>backup, hold, until 2026-12-06 03:00:00 UTC: weekly backup</c>.</summary>
    [JsonIgnore]
    public string Text =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}, {What} until {Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(Reason.Length > 0 ? $": {Reason}" : "")}"
        );

    private string What =>
        HasYielded ? $"{State} yielded to a latch,"
        : State == Maintenance.StateOption.Text(MaintenanceState.Judged) ? "served as judged"
        : State;

    /// <summary>The window of a component as it reads now; null where none is open.</summary>
    /// <param name="served">What the component serves.</param>
    /// <param name="now">The time.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static MaintenanceDocument? Of(Snapshot served, Instant now, Func<string, string> redact) =>
        served.Maintenance is not { Window: var window } inside
            ? null
            : new(
                window.Name,
                Maintenance.StateOption.Text(window.State),
                redact(window.Reason),
                window.From,
                window.Until,
                inside.HasYielded,
                inside.Beneath?.ReadAt(now) is { } beneath ? new(beneath.State, redact(beneath.Reason)) : null
            );
}
