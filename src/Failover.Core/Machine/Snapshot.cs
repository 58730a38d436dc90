namespace Failover;

/// <summary>What a component serves, and why: published whole, read by everybody.</summary>
/// <param name="State">The effective state when it was published; see <see cref="ReadAt"/>.</param>
/// <param name="Reason">Why, for people. May be empty.</param>
/// <param name="Since">When the component came to that state, by the wall clock; null where that is not known.</param>
/// <param name="FreshUntil">The last moment at which it may be believed.</param>
internal sealed record Snapshot(HealthState State, string Reason, DateTimeOffset? Since, Instant FreshUntil)
{
    /// <summary>Before anything is known.</summary>
    public static Snapshot Unknown { get; } =
        new(HealthState.Fail, "not evaluated yet", Since: null, Instant.Never) { IsKnown = false };

    /// <summary>False where nothing has been judged and no initial state was described.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>Whether it is ok by an observation with a warning, which the reason says.</summary>
    public bool HasWarning => State == HealthState.Ok && IsWarning;

    /// <summary>Whether the observation that it rests on is one with a warning.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Figures of that observation; see <see cref="Observation.PerformanceData"/>.</summary>
    public string PerformanceData { get; init; } = "";

    /// <summary>When the observation that it rests on ended.</summary>
    public Instant Ended { get; init; }

    /// <summary>The identity of that observation; 0 where it rests on none.</summary>
    public long Evidence { get; init; }

    /// <summary>The first of the observations that a hysteresis counted before it changed to this state; null where it counted
    /// none.</summary>
    public FirstContrary? FirstContrary { get; init; }

    /// <summary>Whether its latches make the component fail.</summary>
    public bool IsLatched { get; init; }

    /// <summary>Whether a POST would end a latch now.</summary>
    public bool CanReset { get; init; }

    /// <summary>Whether it is carried over from before a change of the description or a restart, until there is new evidence.</summary>
    public bool IsCarriedOver { get; init; }

    /// <summary>Why the component is judged fail, where a guard holds an ok; null where none does.</summary>
    public string? DelayedFail { get; init; }

    /// <summary>Whether it is an ok that a guard holds although the component is judged fail.</summary>
    public bool IsGuarded => DelayedFail is not null;

    /// <summary>What people have decided of its component; null where nothing is. One field for both: there is a snapshot for each result.</summary>
    public Operated? Operated { get; init; }

    /// <summary>The override that it serves, and what it would serve without; null where none is in force.</summary>
    public Overridden? Overridden => Operated?.Override;

    /// <summary>The maintenance window that its component is in, and what it would serve without; null where none is open.</summary>
    public InMaintenance? Maintenance => Operated?.Maintenance;

    /// <summary>What it would serve without an override and without a maintenance window.</summary>
    public Snapshot WithoutOverride => (Overridden?.Beneath ?? this).WithoutMaintenance;

    /// <summary>What it would serve without a maintenance window.</summary>
    public Snapshot WithoutMaintenance => Maintenance?.Beneath ?? this;

    /// <summary>Whether a person or a maintenance window decides what is served: no evaluation does.</summary>
    public bool IsDictated => DictatedSince is not null;

    /// <summary>Since when that is so, by the wall clock; null where it is not.</summary>
    public DateTimeOffset? DictatedSince =>
        Overridden?.By.Since ?? (Maintenance is { Beneath: not null, Window.From: var from } ? from : null);

    /// <summary>How it is served once it is an error.</summary>
    public ErrorHandling OnError { get; init; } = ErrorHandling.None;

    /// <summary>Why the state is unknown, where <see cref="OnError"/> has another state served; null where it is known.</summary>
    public string? HandledError { get; init; }

    /// <summary>Of an error, however it is served: since when there has been nothing but errors.</summary>
    public Instant ErrorSince { get; init; }

    /// <summary>Whether the state is unknown, however that is served.</summary>
    public bool IsError => State == HealthState.Error || HandledError is not null;

    /// <summary>Grows by one with each snapshot of the component.</summary>
    public long Version { get; init; }

    /// <summary>Whether another one says the same to readers: it may differ in its version, and in the first contrary observation, which only
    /// the history shows.</summary>
    public bool HasSameContentAs(Snapshot other) =>
        Evidence == other.Evidence
        && this with { Version = other.Version, FirstContrary = other.FirstContrary } == other;

    /// <summary>This snapshot as it reads at <paramref name="now"/>: itself, or an <see cref="HealthState.Error"/> once it is too
    /// old to be believed, which is served as <see cref="OnError"/> says.</summary>
    public Snapshot ReadAt(Instant now) =>
        now <= FreshUntil ? this
        : Overridden is { } expired ? expired.Beneath.ReadAt(now) with { Version = Version }
        : Maintenance?.Beneath is { } beneath ? beneath.ReadAt(now) with { Version = Version }
        : IsGuarded ? AsJudged
        : OnError.Serve(Stale(now), Definite, now);

    /// <summary>This fail as an ok, for as long as a guard delays it.</summary>
    /// <param name="guard">The guard.</param>
    /// <param name="until">Until when.</param>
    public Snapshot DelayedBy(string guard, Instant until) =>
        this with
        {
            State = HealthState.Ok,
            Reason = $"fail delayed by guard {guard}: {Reason}",
            DelayedFail = Reason,
            FreshUntil = until,
            FirstContrary = null,
        };

    /// <summary>What is served instead of this, for as long as an override is in force.</summary>
    public Snapshot OverriddenBy(Override by) =>
        Dictated(by.State, $"override {by.Text}", by.Until) with
        {
            // Both are of what is served: what is beneath says the same whenever it is read.
            Operated = new(new Overridden(by, this with { Since = null, Version = 0 }), Maintenance),
        };

    /// <summary>What is served instead of this, for as long as a maintenance window is open.</summary>
    /// <param name="window">The window.</param>
    /// <param name="state">The state that it has served.</param>
    /// <param name="until">The last moment at which that is served, should nobody close the window.</param>
    public Snapshot MaintainedAs(MaintenanceWindow window, HealthState state, Instant until) =>
        Dictated(state, $"maintenance {window.TextWith(state)}", until) with
        {
            Operated = new(null, new(window, HasYielded: false, this with { Since = null, Version = 0 })),
        };

    /// <summary>This, while a maintenance window is open that leaves it as it is.</summary>
    public Snapshot Within(MaintenanceWindow window, bool hasYielded) =>
        this with
        {
            Operated = new(null, new(window, hasYielded, Beneath: null)),
        };

    private Snapshot Dictated(HealthState state, string reason, Instant until) =>
        this with
        {
            State = state,
            Reason = reason,
            FreshUntil = until,
            IsKnown = true,
            IsWarning = false,
            PerformanceData = "",
            FirstContrary = null,
            DelayedFail = null,
            HandledError = null,
            ErrorSince = default,
        };

    /// <summary>What it says without a guard.</summary>
    public Snapshot AsJudged =>
        DelayedFail is { } reason
            ? this with
            {
                State = HealthState.Fail,
                Reason = reason,
                DelayedFail = null,
                FreshUntil = Instant.Never,
            }
            : this;

    // What is held is not held anew.
    private Snapshot? Definite => IsError ? null : this;

    private Snapshot Stale(Instant now) =>
        this with
        {
            State = HealthState.Error,
            PerformanceData = "",
            FirstContrary = null,
            Reason =
                HandledError
                ?? (
                    Evidence == 0
                        ? $"stale: no result in {Units.Text(now - Ended)}"
                        : $"stale: the newest result is {Units.Text(now - Ended)} old ({Reason})"
                ),
            HandledError = null,
            ErrorSince = IsError ? ErrorSince : FreshUntil,
        };
}

/// <summary>What people have decided of a component.</summary>
/// <param name="Override">The override that it serves.</param>
/// <param name="Maintenance">The maintenance window that it is in.</param>
internal sealed record Operated(Overridden? Override, InMaintenance? Maintenance);

/// <summary>What a component serves, and would serve.</summary>
/// <param name="By">The override that is in force.</param>
/// <param name="Beneath">What would be served without it.</param>
internal sealed record Overridden(Override By, Snapshot Beneath);

/// <summary>The maintenance window that a component is in.</summary>
/// <param name="Window">The window; of several, the one that decides.</param>
/// <param name="HasYielded">Whether a latch has begun since it opened: for the rest of it the component is served as without it.</param>
/// <param name="Beneath">What would be served without it; null where that is what is served.</param>
internal sealed record InMaintenance(MaintenanceWindow Window, bool HasYielded, Snapshot? Beneath);
