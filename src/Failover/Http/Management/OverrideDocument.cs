using System.Collections.Immutable;

namespace Failover;

/// <summary>The overrides that are in force: <c>/-/api/v1/overrides</c>.</summary>
/// <param name="Overrides">Those that expire first come first.</param>
internal sealed record OverridesDocument(ImmutableArray<OverrideDocument> Overrides);

/// <summary>An override that is in force.</summary>
/// <param name="Component">The component whose URL serves it.</param>
/// <param name="Kind">What was asked for: <c>ok</c>, <c>fail</c> or <c>hold</c>.</param>
/// <param name="State">What is served: of <c>hold</c>, the state that the component had.</param>
/// <param name="Reason">Why, as the person says.</param>
/// <param name="User">Who set it.</param>
/// <param name="Source">From which address.</param>
/// <param name="Since">When it was set, by the wall clock.</param>
/// <param name="Until">When it expires, by the wall clock; later where the process is down meanwhile.</param>
internal sealed record OverrideDocument(
    string Component,
    OverrideKind Kind,
    HealthState State,
    string Reason,
    string User,
    string Source,
    DateTimeOffset Since,
    DateTimeOffset Until
)
{
    /// <summary>An override as it is shown.</summary>
    /// <param name="one">The override.</param>
    /// <param name="clock">For when it expires.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static OverrideDocument Of(Override one, Clock clock, Func<string, string> redact) =>
        new(
            one.Component,
            one.Kind,
            one.State,
            redact(one.Reason),
            one.User,
            one.Source,
            one.Since,
            clock.Time.GetUtcNow() + (one.Until - clock.Now)
        );
}

/// <summary>What a component would serve without its override, or without its maintenance window.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">Why. May be empty.</param>
internal sealed record BeneathDocument(HealthState State, string Reason)
{
    /// <summary>What is beneath an override; null where none is in force.</summary>
    public static BeneathDocument? Of(Snapshot shown, Instant now, Func<string, string> redact) =>
        shown.Overridden is { Beneath: var beneath } && beneath.ReadAt(now) is var read
            ? new(read.State, redact(read.Reason))
            : null;
}

/// <summary>The body of a PUT that sets an override.</summary>
/// <param name="Kind">What the component is to serve.</param>
/// <param name="Reason">Why.</param>
/// <param name="ForSeconds">For how long; null: an hour.</param>
internal sealed record OverrideBody(string? Kind = null, string? Reason = null, double? ForSeconds = null);
