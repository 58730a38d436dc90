using System.Collections.Immutable;

namespace Failover;

/// <summary>Latches: in ok, only <c>toFail</c> can move it to fail; in fail, only <c>toOk</c> can move it back.</summary>
/// <remarks>An <see cref="HealthState.Error"/> moves nothing. On a move, the side that becomes active restarts: a
/// <see cref="Hysteresis"/> in it takes the toggle's state, whatever its own initial state, and needs its full threshold
/// to leave it, a <see cref="Oneshot"/> in it is unarmed, and observations from before the move do not count.</remarks>
public sealed record Toggle : Combinator<Toggle.Position>
{
    /// <summary>Describes the latch; evaluates nothing.</summary>
    /// <param name="toFail">Evaluated in ok; its fail moves the toggle to fail.</param>
    /// <param name="toOk">Evaluated in fail; its ok moves the toggle to ok.</param>
    /// <param name="initialState">The state to begin in: ok or fail.</param>
    /// <exception cref="ArgumentException">A task is missing, an initial state that is neither ok nor fail, or a
    /// <paramref name="toOk"/> that can become ok neither by evidence nor by a oneshot that is fired once.</exception>
    public Toggle(HealthTask toFail, HealthTask toOk, HealthState initialState = HealthState.Ok)
    {
        ToFail = ToFailOption.Check(toFail);
        ToOk = ToOkOption.Check(toOk);
        InitialState = InitialStateOption.Check(initialState);
        if (ToOk.OkSources == OkSources.None)
        {
            throw new ArgumentException(
                $"toOk is {ToOk}, which never becomes ok, fired once or not; accepted: a task that evidence makes ok, or a oneshot with okAfter: 1 in each hysteresis above it",
                nameof(toOk)
            );
        }
    }

    private const int FailSide = 0;
    private const int OkSide = 1;
    private const string InitialStateReason = "initial state";

    private static readonly TaskOption ToFailOption = new(
        "toFail",
        "evaluated in ok; its fail moves the toggle to fail"
    );
    private static readonly TaskOption ToOkOption = new("toOk", "evaluated in fail; its ok moves the toggle to ok");
    private static readonly StateOption InitialStateOption = new("initialState", "the state to begin in", "ok");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "toggle",
            "latches: one task moves it to fail, another one back to ok",
            [ToFailOption, ToOkOption, InitialStateOption]
        )
        {
            Make = given => new Toggle(
                (HealthTask)given[0]!,
                (HealthTask)given[1]!,
                (HealthState?)given[2] ?? HealthState.Ok
            ),
        };

    /// <summary>Evaluated in ok; its fail moves the toggle to fail.</summary>
    public HealthTask ToFail { get; }

    /// <summary>Evaluated in fail; its ok moves the toggle to ok.</summary>
    public HealthTask ToOk { get; }

    /// <summary>The state to begin in.</summary>
    public HealthState InitialState { get; }

    /// <summary>The POST action that resets this latch: it fires the one <see cref="Oneshot"/> in <see cref="ToOk"/>. For
    /// <c>onPost: mailCheck.Reset</c>.</summary>
    /// <exception cref="InvalidOperationException"><see cref="ToOk"/> has no oneshot, or several: then <see cref="Oneshot.Fire"/> of the
    /// one that is meant.</exception>
    public PostAction Reset
    {
        get
        {
            HashSet<HealthTask> oneshots = new(ReferenceEqualityComparer.Instance);
            CollectFired(ToOk, oneshots);
            return oneshots.Count == 1
                ? oneshots.Single().FireAction!
                : throw new InvalidOperationException(
                    $"Reset fires the oneshot in toOk, which is {ToOk} and has {(oneshots.Count == 0 ? "none" : $"{oneshots.Count}")}; accepted: one oneshot in toOk, or onPost: Fire of the oneshot that is meant"
                );
        }
    }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [ToFail, ToOk];

    /// <inheritdoc/>
    public override TimeSpan LongestTime =>
        ToFail.LongestTime > ToOk.LongestTime ? ToFail.LongestTime : ToOk.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"toggle(to fail: {ToFail}, to ok: {ToOk})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [ToFail, ToOk, InitialState];

    internal override string OwnSummary => "toggle";

    internal override HealthTask StatelessEquivalent => ToFail;

    internal override HealthState? InitialShownState => InitialState;

    private protected override HealthState? ChildStateOnRestart(Position state) => state.State;

    /// <summary>What a <see cref="Toggle"/> remembers.</summary>
    /// <param name="State">ok or fail.</param>
    /// <param name="Since">When it moved there. Evidence from before does not count.</param>
    /// <param name="Reason">Why it moved there.</param>
    public sealed record Position(HealthState State, Instant Since, string Reason);

    /// <inheritdoc/>
    public override Position CreateState(Instant now) => new(InitialState, now, InitialStateReason);

    /// <summary>A restart discards evidence, never a latch.</summary>
    /// <inheritdoc/>
    public override Position Restart(Position state, HealthState standing, Instant now) =>
        state.State == HealthState.Fail ? state : state with { Since = now };

    internal override LatchSides? LatchSides => new(FailSide, OkSide);

    internal override bool IsLatch(object state) => ((Position)state).State == HealthState.Fail;

    internal override HealthState? LatchedValue(object state, ReadOnlySpan<HealthState?> below) =>
        IsLatch(state) ? HealthState.Fail : below[FailSide];

    // Once it is at ok, nothing has to be fired for it to be so.
    internal override OkSources OkSources => OkSources.Evidence | ToOk.OkSources;

    internal override OkSources FailSources => OkSources.Evidence | ToFail.FailSources;

    internal override object CreateStateShowing(HealthState standing, Instant now) =>
        new Position(HealthState.Ok, now, InitialStateReason);

    internal override object Rebase(object state, Instant now) => (Position)state with { Since = now };

    internal override Observation Hold(object state, IReadOnlyList<Observation?> seen, Instant now)
    {
        Position held = (Position)state;
        return seen[ActiveSide(held)] is { } shown ? Held(held, shown, seen) : WithoutEvidence(held, seen);
    }

    private protected override PersistedState ToPersistedState(Position state) =>
        PersistedState.Of(state.State, state.Reason);

    private protected override Position Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        persisted.State is { } state ? new(state, now, persisted.Reason) : CreateState(now);

    /// <inheritdoc/>
    public override bool Evaluates(Position state, int index) => index == ActiveSide(state);

    /// <inheritdoc/>
    public override Step<Position> Next(Position state, IReadOnlyList<Observation?> seen, Instant now)
    {
        Observation? shown = seen[ActiveSide(state)];
        if (shown is null)
        {
            return new(state, WithoutEvidence(state, seen));
        }

        HealthState other = state.State == HealthState.Ok ? HealthState.Fail : HealthState.Ok;
        if (!IsCounted(state, shown) || shown.State != other)
        {
            return new(state, Held(state, shown, seen));
        }

        Position moved = new(other, now, shown.Reason);
        HealthTask nowInCharge = other == HealthState.Fail ? ToOk : ToFail;
        return new(moved, Show(moved, shown, seen), [nowInCharge]);
    }

    private static bool IsCounted(Position state, Observation shown) =>
        shown.IsEvidence && shown.Started >= state.Since;

    private static Observation WithoutEvidence(Position state, IReadOnlyList<Observation?> seen) =>
        Observation.WithoutEvidence(state.State, StateReason(state)) with
        {
            EvidenceUntil = seen[FailSide]?.EvidenceUntil ?? Instant.Never,
        };

    private static string StateReason(Position state) =>
        state.State == HealthState.Fail ? $"latched: {state.Reason}" : state.Reason;

    // A state held during errors is no evidence for the nodes above.
    private static Observation Held(Position state, Observation shown, IReadOnlyList<Observation?> seen)
    {
        bool isTold = IsCounted(state, shown) && shown.State != HealthState.Error;
        return Show(state, shown, seen) with { Id = isTold ? shown.Id : 0 };
    }

    private protected override NodeExplanation Explain(
        Position state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) =>
        state.State == HealthState.Ok
            ? new(Moved(state), Flip: DescribeSide(ToFailOption, "fail", below[FailSide]))
            : new(
                Moved(state),
                Flip: below[FailSide].IsLatched
                        ? $"latched: {ToFailOption.Key} is latched too, and has to be reset first or with it"
                    : ToOk is Oneshot { Auth: not null } ? "latched: a reset (POST) moves it to ok"
                    : $"latched: {DescribeSide(ToOkOption, "ok", below[OkSide])}"
            );

    private static string DescribeSide(TaskOption side, string state, NodeExplanation below) =>
        $"{side.Key} moves it to {state}{(below.Flip.Length == 0 ? "" : ": ")}{below.Flip}";

    private static string Moved(Position state) =>
        state.Reason == InitialStateReason ? InitialStateReason : $"moved to {state.State.Word()}: {state.Reason}";

    private static void CollectFired(HealthTask task, HashSet<HealthTask> oneshots)
    {
        if (task.FireAction is not null)
        {
            oneshots.Add(task);
        }

        foreach (HealthTask child in task.Children)
        {
            CollectFired(child, oneshots);
        }
    }

    private static int ActiveSide(Position state) => state.State == HealthState.Ok ? FailSide : OkSide;

    private static Observation Show(Position position, Observation shown, IReadOnlyList<Observation?> seen)
    {
        // What an ok will rest on is the fail side, whichever side has spoken last. A button never goes stale.
        Instant evidence = Instant.Min(shown.EvidenceUntil, seen[FailSide]?.EvidenceUntil ?? Instant.Never);
        Instant freshness = Instant.Min(shown.FreshUntil, seen[FailSide]?.FreshUntil ?? Instant.Never);
        return shown with
        {
            State = position.State,
            Reason = position.State == HealthState.Fail ? StateReason(position) : shown.Reason,
            FirstContrary = shown.State == position.State ? shown.FirstContrary : null,
            // An ok lasts no longer than what it rests on can be believed; a latched fail rests on the latch.
            FreshUntil = position.State == HealthState.Fail ? Instant.Never : Instant.Min(freshness, evidence),
            EvidenceUntil = evidence,
        };
    }
}
