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

    /// <summary>Grows by one with each snapshot of the component.</summary>
    public long Version { get; init; }

    /// <summary>Whether another one says the same to readers: it may differ in its version, and in the first contrary observation, which only
    /// the history shows.</summary>
    public bool HasSameContentAs(Snapshot other) =>
        Evidence == other.Evidence
        && this with { Version = other.Version, FirstContrary = other.FirstContrary } == other;

    /// <summary>This snapshot as it reads at <paramref name="now"/>: itself, or an <see cref="HealthState.Error"/> once it is too
    /// old to be believed.</summary>
    public Snapshot ReadAt(Instant now) =>
        now <= FreshUntil
            ? this
            : this with
            {
                State = HealthState.Error,
                PerformanceData = "",
                FirstContrary = null,
                Reason =
                    Evidence == 0
                        ? $"stale: no result in {Units.Text(now - Ended)}"
                        : $"stale: the newest result is {Units.Text(now - Ended)} old ({Reason})",
            };
}
