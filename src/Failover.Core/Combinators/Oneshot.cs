using System.Collections.Immutable;

namespace Failover;

/// <summary>Gives its default state until it is fired, then the opposite exactly once: the reset button of a
/// <see cref="Toggle"/>.</summary>
public sealed record Oneshot : Combinator<Oneshot.Trigger>
{
    /// <summary>Describes the button; fires nothing.</summary>
    /// <param name="defaultState">The state until it is fired: ok or fail.</param>
    /// <param name="auth">Who may fire it by a POST; left out, no POST can.</param>
    /// <param name="expires">How long a fire waits to be used before it is forgotten, from 1 ms to 30 days; one that is exactly so old is still
    /// used. Left out, until it is used.</param>
    /// <exception cref="ArgumentException">A default state that is neither ok nor fail, or a duration out of range.</exception>
    public Oneshot(HealthState defaultState = HealthState.Fail, Authentication? auth = null, TimeSpan? expires = null)
    {
        DefaultState = DefaultStateOption.Check(defaultState);
        Auth = auth;
        Expires = ExpiresOption.CheckIfGiven(expires);
    }

    private static readonly StateOption DefaultStateOption = new("defaultState", "the state until it is fired", "fail");
    private static readonly DurationOption ExpiresOption = new(
        "expires",
        "how long a fire waits to be used before it is forgotten",
        FallbackText: "until it is used"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "oneshot",
            "gives its default state until it is fired, then the opposite exactly once",
            [DefaultStateOption, new AuthenticationOption("auth", "who may fire it by a POST"), ExpiresOption]
        )
        {
            Make = given => new Oneshot(
                (HealthState?)given[0] ?? HealthState.Fail,
                (Authentication?)given[1],
                (TimeSpan?)given[2]
            ),
        };

    /// <summary>The state until it is fired.</summary>
    public HealthState DefaultState { get; }

    /// <summary>Who may fire it by a POST; null: no POST can.</summary>
    public Authentication? Auth { get; }

    /// <summary>How long a fire waits to be used; null: until it is used.</summary>
    public TimeSpan? Expires { get; }

    /// <summary>The POST action that fires it: <c>onPost: reset.Fire</c>.</summary>
    public PostAction Fire => new FireOneshot(this);

    /// <inheritdoc/>
    public override TimeSpan LongestTime => TimeSpan.Zero;

    /// <inheritdoc/>
    public override string Summary => DefaultState == HealthState.Fail ? "oneshot" : "oneshot(default ok)";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [DefaultState, Auth, Expires];

    internal override HealthState? InitialShownState => DefaultState;

    internal override PostAction FireAction => Fire;

    internal override bool DiscountsDowntime => true;

    internal override OkSources OkSources => DefaultState == HealthState.Fail ? OkSources.Fire : OkSources.Evidence;

    internal override OkSources FailSources => DefaultState == HealthState.Ok ? OkSources.Fire : OkSources.Evidence;

    /// <summary>What a <see cref="Oneshot"/> remembers.</summary>
    /// <param name="ArmedAt">When it was fired, if it was and has not been used since.</param>
    /// <param name="Component">The component that the fire belongs to; empty where there is none.</param>
    public sealed record Trigger(Instant? ArmedAt, string Component = "");

    /// <inheritdoc/>
    public override Trigger CreateState(Instant now) => new(ArmedAt: null);

    /// <summary>Whether the next evaluation gives the opposite of <see cref="DefaultState"/>. A fire that is exactly
    /// <see cref="Expires"/> old still does.</summary>
    public bool IsArmed(Trigger state, Instant now) => state.ArmedAt is { } since && !(now - since > Expires);

    /// <summary>Arms it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="component">The component that the fire belongs to.</param>
    public static Trigger Arm(Instant now, string component = "") => new(now, component);

    internal override object AfterFire(string component, Instant now) => Arm(now, component);

    internal override PendingFire? PendingFireIn(object state, Instant now)
    {
        Trigger trigger = (Trigger)state;
        return IsArmed(trigger, now)
            ? new(trigger.Component, Expires is { } expires ? trigger.ArmedAt!.Value + expires : Instant.Never)
            : null;
    }

    private const string Armed = "armed";
    private const string Unarmed = "unarmed";

    private protected override PersistedState ToPersistedState(Trigger state) =>
        state.ArmedAt is null ? new(Unarmed) : new(Armed, state.Component);

    private protected override Trigger Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        persisted.Word == Armed ? Arm(now + -age, persisted.Reason) : CreateState(now);

    /// <inheritdoc/>
    public override Step<Trigger> Next(Trigger state, IReadOnlyList<Observation?> seen, Instant now)
    {
        bool isFired = IsArmed(state, now);
        HealthState shown = isFired == (DefaultState == HealthState.Fail) ? HealthState.Ok : HealthState.Fail;
        string reason = isFired ? "reset" : "waiting for a reset";
        return new(CreateState(now), shown == HealthState.Ok ? Observation.Ok(reason) : Observation.Fail(reason));
    }

    private protected override NodeExplanation Explain(
        Trigger state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    )
    {
        string opposite = DefaultState == HealthState.Fail ? "ok" : "fail";
        if (!IsArmed(state, now))
        {
            string how = Auth is null ? "when it is fired" : "after a reset (POST)";
            return new("waiting", $"{opposite} once {how}");
        }

        Instant armed = state.ArmedAt!.Value;
        return new(
            $"armed {ExplanationText.Rounded(now - armed)} ago",
            $"{opposite} once at the next evaluation",
            Expires is { } expires ? $"forgotten {ExplanationText.In(armed + expires, now)} unless it is used" : ""
        );
    }
}
