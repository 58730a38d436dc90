using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>The content of a store.</summary>
public sealed record StoredState
{
    /// <summary>An empty store that has lost nothing.</summary>
    public static StoredState Empty { get; } = new();

    /// <summary>The newest state of each node that has one.</summary>
    public ImmutableArray<StoredNode> Nodes { get; init; } = [];

    /// <summary>What each component served last.</summary>
    public ImmutableArray<StoredComponent> Components { get; init; } = [];

    /// <summary>The toggles: those at fail, and those at ok that have moved.</summary>
    public ImmutableArray<StoredLatch> Latches { get; init; } = [];

    /// <summary>The overrides that were in force.</summary>
    public ImmutableArray<StoredOverride> Overrides { get; init; } = [];

    /// <summary>What was wrong and people were notified of.</summary>
    public ImmutableArray<StoredAlarm> Alarms { get; init; } = [];

    /// <summary>Notifications that were still to be delivered, or were given up.</summary>
    public ImmutableArray<StoredDelivery> Deliveries { get; init; } = [];

    /// <summary>When the process that stored it was last known to be alive, by the wall clock: until then all of it held. Null where
    /// that was never stored.</summary>
    public DateTimeOffset? AliveAt { get; init; }

    /// <summary>Why the stored state is lost, in one line, as a file that was found corrupt and was put aside; null where nothing was.
    /// An authorised latch that may have been lost begins at fail.</summary>
    public string? Loss { get; init; }
}

/// <summary>What one node remembers beyond the life of its process.</summary>
/// <param name="Key">The path of the node, the same in the next process, as <c>/mail#to_fail.task</c>.</param>
/// <param name="Kind">The kind of its task, as <c>hysteresis</c>; empty where a version before 0.2 stored it.</param>
/// <param name="Fingerprint">Of its whole description: equal where that is.</param>
/// <param name="State">A word of the node's own: <c>ok</c>, <c>fail</c>, <c>armed</c> …</param>
/// <param name="Reason">Why, for people; of an armed oneshot, the component that the fire belongs to. May be empty.</param>
/// <param name="At">When it came to that, by the wall clock.</param>
public sealed record StoredNode(
    string Key,
    string Kind,
    string Fingerprint,
    string State,
    string Reason,
    DateTimeOffset At
);

/// <summary>What a component served last.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="State">Its last definite state: ok or fail.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">When it came to that, by the wall clock.</param>
/// <param name="IsLatched">Whether it served a fail because of its latches.</param>
public sealed record StoredComponent(
    string Name,
    HealthState State,
    string Reason,
    DateTimeOffset Since,
    bool IsLatched
)
{
    /// <summary>The <see cref="StoredLatch.Id"/>s of latches that hold it at fail although its description says otherwise.</summary>
    public ImmutableArray<string> HeldBy { get; init; } = [];
}

/// <summary>A toggle: at fail it is a latch.</summary>
/// <param name="Key">The path of the toggle, as <c>/mail#to_fail.task</c>; with <c>@</c> and the identity behind it where a latch whose
/// toggle is gone is stored there already.</param>
/// <param name="Kind">The kind of its task; empty where a version before 0.2 stored it.</param>
/// <param name="Fingerprint">Of its whole description: equal where that is; empty where a version before 0.2 stored it.</param>
/// <param name="State">fail: it is latched; ok: it has moved back.</param>
/// <param name="Id">Of this latch alone, never used again; empty where a version before 0.2 stored it.</param>
/// <param name="IsAuthorised">Whether only an authorised fire ends it; null where a version before 0.2 stored it: then its description
/// says.</param>
/// <param name="Components">The names of the components that it latched.</param>
/// <param name="Reason">Why it moved there.</param>
/// <param name="Since">When it did, by the wall clock.</param>
/// <param name="Revision">The revision at which it was stored; 0 in a write, which is given one.</param>
public sealed record StoredLatch(
    string Key,
    string Kind,
    string Fingerprint,
    HealthState State,
    string Id,
    bool? IsAuthorised,
    ImmutableArray<string> Components,
    string Reason,
    DateTimeOffset Since,
    long Revision = 0
)
{
    /// <summary>The path of the toggle, which may no longer exist.</summary>
    internal string Place =>
        Id.Length > 0 && Key.EndsWith(KeyOf("", Id), StringComparison.Ordinal) ? Key[..^KeyOf("", Id).Length] : Key;

    internal static string KeyOf(string place, string id) => id.Length == 0 ? place : $"{place}@{id}";
}
