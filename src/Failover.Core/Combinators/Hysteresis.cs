using System.Collections.Immutable;

namespace Failover;

/// <summary>Changes its state only when the evidence against it has been unbroken for long enough.</summary>
/// <remarks>
/// A threshold is reached, not exceeded: with <c>Count(3)</c> the third contrary observation in a row flips. An agreeing
/// observation resets the counter. An <see cref="HealthState.Error"/> neither ends nor extends it: the state is held. What is
/// counted are observations, not requests: one observation counts once however often it is read. HAProxy calls the two
/// thresholds <c>rise</c> and <c>fall</c>.
/// </remarks>
public sealed record Hysteresis : Combinator<Hysteresis.Judgement>
{
    /// <summary>Describes the judgement; evaluates nothing.</summary>
    /// <param name="task">The task whose observations are judged.</param>
    /// <param name="initialState">The state before enough has been seen: ok, fail, or <see cref="Units.First"/>: error until the first
    /// definite observation, which decides alone.</param>
    /// <param name="okAfter">What it takes to go from fail to ok, reached and not exceeded: <c>5</c> observations in a row, or a duration as
    /// <c>Minute(1)</c> that they last. Left out, one observation.</param>
    /// <param name="failAfter">What it takes to go from ok to fail, in the same way; left out, one observation.</param>
    /// <param name="errorAfter">Nothing but errors for so many observations or so long turns the result into an error; left out, the state
    /// is held for as long as the errors last.</param>
    /// <exception cref="ArgumentException">No task, or another initial state.</exception>
    public Hysteresis(
        HealthTask task,
        HealthState initialState = HealthState.Ok,
        Threshold? okAfter = null,
        Threshold? failAfter = null,
        Threshold? errorAfter = null
    )
    {
        Task = TaskOption.Check(task);
        InitialState = InitialStateOption.Check(initialState);
        OkAfter = okAfter ?? Units.Count(1);
        FailAfter = failAfter ?? Units.Count(1);
        ErrorAfter = errorAfter;
    }

    private static readonly TaskOption TaskOption = new("task", "the task whose observations are judged");
    private static readonly StateOption InitialStateOption = new(
        "initialState",
        "the state before enough has been seen",
        "ok"
    )
    {
        TakesFirst = true,
    };

    /// <summary>Name, meaning and options of this task, for the reference and whatever else reads tasks as data.</summary>
    public static TaskKind Kind { get; } =
        new(
            "hysteresis",
            "changes its state only when the evidence against it has been unbroken for long enough",
            [
                TaskOption,
                InitialStateOption,
                new ThresholdOption("okAfter", "what it takes to go from fail to ok", "1"),
                new ThresholdOption("failAfter", "what it takes to go from ok to fail", "1"),
                new ThresholdOption(
                    "errorAfter",
                    "nothing but errors, so many or for so long, turns the result into error",
                    "never: the state is held"
                ),
            ]
        )
        {
            Make = given => new Hysteresis(
                (HealthTask)given[0]!,
                (HealthState?)given[1] ?? HealthState.Ok,
                (Threshold?)given[2],
                (Threshold?)given[3],
                (Threshold?)given[4]
            ),
        };

    /// <summary>The task whose observations are judged.</summary>
    public HealthTask Task { get; }

    /// <summary>The state before enough has been seen.</summary>
    public HealthState InitialState { get; }

    /// <summary>What it takes to go from fail to ok.</summary>
    public Threshold OkAfter { get; }

    /// <summary>What it takes to go from ok to fail.</summary>
    public Threshold FailAfter { get; }

    /// <summary>How much of nothing but errors turns the result into an error; null: never.</summary>
    public Threshold? ErrorAfter { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"hysteresis({Task}, ok after {OkAfter}, fail after {FailAfter})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, InitialState, OkAfter, FailAfter, ErrorAfter];

    internal override string OwnSummary =>
        ErrorAfter is null
            ? $"hysteresis(ok after {OkAfter}, fail after {FailAfter})"
            : $"hysteresis(ok after {OkAfter}, fail after {FailAfter}, error after {ErrorAfter})";

    internal override HealthTask StatelessEquivalent => Task;

    internal override HealthState? InitialShownState => InitialState;

    // A fire is one observation: a threshold that takes more is never reached by it.
    internal override OkSources OkSources =>
        OkAfter.IsReachedBy(Streak.Empty.With(Observation.Ok())) ? Task.OkSources : Task.OkSources & OkSources.Evidence;

    internal override OkSources FailSources =>
        FailAfter.IsReachedBy(Streak.Empty.With(Observation.Ok()))
            ? Task.FailSources
            : Task.FailSources & OkSources.Evidence;

    internal override bool IsChanging(object state) => ((Judgement)state).Contrary.Count > 0;

    /// <summary>What a <see cref="Hysteresis"/> remembers.</summary>
    /// <param name="State">The state that is held: ok or fail, or error before the first definite observation where that decides.</param>
    /// <param name="Since">Evidence from before this moment does not count.</param>
    /// <param name="Contrary">The observations against the state since the last one that agreed with it.</param>
    /// <param name="Errors">The errors since the last observation that was none.</param>
    /// <param name="LastSeen">The identity of the newest observation that was counted; 0 before the first, and again after a
    /// restart of the process, whose identities start again.</param>
    public sealed record Judgement(HealthState State, Instant Since, Streak Contrary, Streak Errors, long LastSeen)
    {
        /// <summary>The first of the observations that changed it to <see cref="State"/>; null where none have.</summary>
        public FirstContrary? First { get; init; }
    }

    /// <inheritdoc/>
    public override Judgement CreateState(Instant now) =>
        new(InitialState, now, Streak.Empty, Streak.Empty, LastSeen: 0);

    /// <summary>Stands at the state of the toggle, whatever its own initial state: moving the toggle back takes the full
    /// threshold. What was counted before is not counted again, even if it began at this very moment.</summary>
    /// <inheritdoc/>
    public override Judgement Restart(Judgement state, HealthState standing, Instant now) =>
        CreateState(now) with
        {
            State = standing,
            LastSeen = state.LastSeen,
        };

    private protected override PersistedState? ToPersistedState(Judgement state) =>
        state.State == Units.First ? null : PersistedState.Of(state.State);

    private protected override Judgement Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        CreateState(now) with
        {
            State = persisted.State ?? InitialState,
        };

    internal override object CreateStateShowing(HealthState standing, Instant now) =>
        CreateState(now) with
        {
            State = standing,
        };

    internal override object Rebase(object state, Instant now) =>
        (Judgement)state with
        {
            Since = now,
            Contrary = Streak.Empty,
            Errors = Streak.Empty,
        };

    internal override bool CountsTime => FailAfter.IsTimed || OkAfter.IsTimed || ErrorAfter?.IsTimed == true;

    // A count continues. A duration would include the time in which nothing was observed.
    internal override object AfterPause(object state, Instant from, Instant now)
    {
        Judgement judged = (Judgement)state;
        Threshold threshold = judged.State == HealthState.Ok ? FailAfter : OkAfter;
        return judged with
        {
            Contrary = threshold.IsTimed ? Streak.Empty : judged.Contrary,
            Errors = ErrorAfter?.IsTimed == true ? Streak.Empty : judged.Errors,
        };
    }

    /// <inheritdoc/>
    public override Step<Judgement> Next(Judgement state, IReadOnlyList<Observation?> seen, Instant now) =>
        Next(state, seen[0] ?? Observation.WithoutEvidence(state.State, "not evaluated"));

    /// <summary>Judges one observation.</summary>
    public Step<Judgement> Next(Judgement state, Observation seen)
    {
        if (!seen.IsEvidence || seen.Started < state.Since)
        {
            string reason = seen.IsEvidence ? "restarted" : seen.Reason;
            return new(state, Show(state, seen) with { Id = 0, Reason = reason });
        }

        Judgement next = seen.Id <= state.LastSeen ? state : Count(state, seen) with { LastSeen = seen.Id };
        return new(next, Show(next, seen));
    }

    private Judgement Count(Judgement state, Observation seen)
    {
        if (seen.State == HealthState.Error)
        {
            return state with { Errors = state.Errors.With(seen) };
        }

        if (seen.State == state.State)
        {
            return state with { Contrary = Streak.Empty, Errors = Streak.Empty };
        }

        Streak contrary = state.Contrary.With(seen);
        return state.State == Units.First || (seen.State == HealthState.Ok ? OkAfter : FailAfter).IsReachedBy(contrary)
            ? state with
            {
                State = seen.State,
                First = contrary.FirstContrary,
                Contrary = Streak.Empty,
                Errors = Streak.Empty,
            }
            : state with
            {
                Contrary = contrary,
                Errors = Streak.Empty,
            };
    }

    /// <summary>How the observations to come would move it to the other state.</summary>
    internal ImmutableArray<Forecast> FlipForecasts(Judgement state, ObservationSchedule schedule, Instant now) =>
        (state.State == HealthState.Ok ? FailAfter : OkAfter).ForecastsFrom(state.Contrary, schedule, now);

    private protected override NodeExplanation Explain(
        Judgement state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    )
    {
        if (state.State == Units.First)
        {
            string undecided =
                state.Errors.Count > 0 ? ExplanationText.InARow(state.Errors, HealthState.Error) : "no observation yet";
            return new(undecided, "the first definite observation decides");
        }

        HealthState other = state.State == HealthState.Ok ? HealthState.Fail : HealthState.Ok;
        string evidence =
            state.Contrary.Count > 0 ? ExplanationText.InARow(state.Contrary, other)
            : state.LastSeen == 0 ? "no observation yet"
            : "no contrary observation";
        if (state.Errors.Count > 0)
        {
            evidence += $", then {ExplanationText.InARow(state.Errors, HealthState.Error)}";
        }

        ImmutableArray<Forecast> flips = FlipForecasts(state, schedule, now);
        bool isTooManyErrors = ErrorAfter?.IsReachedBy(state.Errors) == true;
        ImmutableArray<Forecast> errors =
            ErrorAfter is null || isTooManyErrors ? [] : ErrorAfter.ForecastsFrom(state.Errors, schedule, now);
        return new(
            evidence,
            ExplanationText.Flip(other, state.Contrary, flips, now),
            isTooManyErrors ? "error until a definite observation"
                : errors.IsEmpty ? ""
                : ExplanationText.Flip(HealthState.Error, state.Errors, errors, now)
        )
        {
            Forecasts =
            [
                .. ExplanationText.Figures(other, state.Contrary, flips, now),
                .. ExplanationText.Figures(HealthState.Error, state.Errors, errors, now),
            ],
        };
    }

    private Observation Show(Judgement judged, Observation seen)
    {
        bool isTooManyErrors = ErrorAfter?.IsReachedBy(judged.Errors) == true;
        return seen with
        {
            State = isTooManyErrors ? HealthState.Error : judged.State,
            // A state held during errors is no evidence for the nodes above.
            Id = seen.State == HealthState.Error && !isTooManyErrors && judged.State != Units.First ? 0 : seen.Id,
            Reason = ReasonOf(judged, seen, isTooManyErrors),
            FirstContrary = isTooManyErrors ? judged.Errors.FirstContrary : judged.First,
            // A fail that is held stays a fail when the evidence runs dry; an ok without fresh evidence may not be served.
            FreshUntil =
                judged.State == HealthState.Fail && !isTooManyErrors
                    ? Instant.Never
                    : Instant.Min(seen.FreshUntil, seen.EvidenceUntil),
        };
    }

    private string ReasonOf(Judgement judged, Observation seen, bool isTooManyErrors)
    {
        if (seen.State == judged.State)
        {
            return seen.Reason;
        }

        if (seen.State == HealthState.Error)
        {
            return isTooManyErrors
                ? $"{judged.Errors.Count} errors in a row: {seen.Reason}"
                : $"held, could not tell: {seen.Reason}";
        }

        Threshold threshold = seen.State == HealthState.Ok ? OkAfter : FailAfter;
        string word = seen.State == HealthState.Ok ? "ok" : "fail";
        return $"held, {word} {judged.Contrary.Count} in a row for {Units.Text(judged.Contrary.Duration)}, {word} after {threshold}: {seen.Reason}";
    }
}
