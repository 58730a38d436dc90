namespace Failover;

/// <summary>A maintenance window that is open: one occurrence of a schedule.</summary>
/// <param name="Name">The name of the schedule.</param>
/// <param name="State">What its components serve.</param>
/// <param name="Reason">Why, for people. May be empty.</param>
/// <param name="From">When it opened, by the wall clock.</param>
/// <param name="Until">When it closes, by the wall clock.</param>
/// <param name="Components">Their names, or patterns; null: all.</param>
internal sealed record MaintenanceWindow(
    string Name,
    MaintenanceState State,
    string Reason,
    DateTimeOffset From,
    DateTimeOffset Until,
    ValueList<string>? Components = null
)
{
    /// <summary>Whether a component is one of them.</summary>
    public bool Includes(string component) =>
        Components is null || Components.Any(pattern => ComponentPattern.Matches(pattern, component));

    /// <summary>Whether another one is the same occurrence and has the same state served: what is held in it stays held.</summary>
    public bool Continues(MaintenanceWindow other) => Name == other.Name && State == other.State && From == other.From;

    /// <summary>As people read it: <c>backup, fail until 2026-12-06 03:00:00 UTC: weekly backup</c>.</summary>
    public string Text =>
        State switch
        {
            MaintenanceState.Judged => TextOf("served as judged"),
            MaintenanceState.Hold => TextOf("hold"),
            _ => TextOf("fail"),
        };

    /// <summary>The same of one component, with what is held: <c>backup, hold (ok) until …</c>.</summary>
    public string TextWith(HealthState served) =>
        State == MaintenanceState.Hold ? TextOf($"hold ({served.Word()})") : Text;

    private string TextOf(string what) =>
        FormattableString.Invariant($"{Name}, {what} until {Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
        + (Reason.Length > 0 ? $": {Reason}" : "");
}

/// <summary>A component in a maintenance window.</summary>
/// <param name="window">The window.</param>
internal sealed class WindowEntry(MaintenanceWindow window)
{
    public MaintenanceWindow Window { get; set; } = window;

    /// <summary>The state that is held; null where none was known.</summary>
    public HealthState? Held { get; set; }

    /// <summary>Whether a latch has begun since.</summary>
    public bool HasYielded { get; set; }

    /// <summary>The <see cref="Latch.Number"/> of the newest latch of all when its component came into it.</summary>
    public long NewestLatch { get; set; }

    /// <summary>Whether what is held ends because of the latches of its component: one began later, or an ok would hide them.</summary>
    public bool YieldsTo(ServedComponent component) =>
        Window.State == MaintenanceState.Hold
        && !HasYielded
        && component.IsLatched
        && (Held != HealthState.Fail || component.Latches.Any(latch => latch.Number > NewestLatch));

    /// <summary>What it has its component serve; null where it leaves that as it is.</summary>
    public HealthState? Served =>
        Window.State switch
        {
            MaintenanceState.Fail => HealthState.Fail,
            MaintenanceState.Hold when !HasYielded => Held,
            _ => null,
        };
}
