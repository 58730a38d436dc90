using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>An inner node that judges, or a leaf that holds a decision. Pure: state, observations and a time go in; the
/// next state and what it shows come out.</summary>
/// <remarks>The engine knows combinators by this face only; see <see cref="Combinator{TState}"/> for the typed one.</remarks>
public abstract record Combinator : HealthTask
{
    private protected Combinator() { }

    /// <summary>The state in which the evaluated children begin when this begins in a state, as if it had just been moved
    /// to; null where children begin at states of their own.</summary>
    internal abstract HealthState? ChildStateOnRestart(object state);

    /// <summary>The state in which its children begin where this is moved to a state and has none of its own.</summary>
    internal virtual HealthState StandingBelow(HealthState standing) => standing;

    /// <summary>Whether it shows what the nodes below it show before the first result, for want of a state of its own.</summary>
    internal virtual bool PassesFirstStates => false;

    /// <summary>The children that set and release its latch; null where it never latches.</summary>
    internal virtual LatchSides? LatchSides => null;

    /// <summary>Whether it latches, and only a fire releases it.</summary>
    internal bool IsReleasedByFire =>
        LatchSides is { ReleasedBy: var side } && Children[side].OkSources == OkSources.Fire;

    /// <summary>Whether what it shows rests on tasks that have given a definite result, and no other result of the rest would change it.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="definite">What each child shows; null where that does not rest on a definite result.</param>
    internal virtual bool IsDecidedBy(object state, IReadOnlyList<Observation?> definite) =>
        definite.Index().All(child => child.Item is not null || !Evaluates(state, child.Index));

    /// <summary>Whether a state is a latch: a fail that holds until it is released.</summary>
    internal virtual bool IsLatch(object state) => false;

    /// <summary>As <see cref="Judge"/>, for a latch that must not be released now.</summary>
    internal virtual Observation Hold(object state, IReadOnlyList<Observation?> seen, Instant now) =>
        Judge(state, seen, now).Observation;

    /// <summary>Whether the latches below make this fail, whatever else is seen: fail where they do, null where they do not decide
    /// it. Kleene logic, in which each latch is fail and every other leaf is unknown.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="below">The same of each child.</param>
    internal virtual HealthState? LatchedValue(object state, ReadOnlySpan<HealthState?> below) =>
        below.Length == 1 ? below[0] : null;

    /// <summary>When it evaluates its task by itself; null where it does not.</summary>
    internal virtual TurnSchedule? Turns => null;

    /// <summary>From the start of the newest evaluation of its task to the next.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="isChanging">Whether some node below counts observations against the state that it shows.</param>
    internal virtual TimeSpan IntervalInForce(object state, bool isChanging) => Turns!.Value.Interval;

    /// <summary>Whether it has counted observations against the state that it shows: it may be about to change.</summary>
    internal virtual bool IsChanging(object state) => false;

    /// <summary>How long an evaluation of it may take before <see cref="TimedOut"/> is its result; null where it is not limited.</summary>
    internal virtual TimeSpan? EvaluationLimit => null;

    /// <summary>Its result where an evaluation has reached <see cref="EvaluationLimit"/>.</summary>
    internal virtual Observation TimedOut => throw new NotSupportedException();

    /// <summary>Whether its newest result is used again, and nothing below it is evaluated.</summary>
    internal virtual bool ReusesResult(object state, Instant now) => false;

    /// <summary>The task whose fresh result replaces this one where no state is kept between evaluations; null where the
    /// result is computed from all children, as logic does.</summary>
    internal virtual HealthTask? StatelessEquivalent => null;

    /// <summary>The age over which its result reads as error; null where it sets no bound.</summary>
    internal virtual TimeSpan? StaleBound => null;

    /// <summary>The state when it has been fired for a component; null where it cannot be fired.</summary>
    internal virtual object? AfterFire(string component, Instant now) => null;

    /// <summary>The fire that waits in a state to be used; null where none does.</summary>
    internal virtual PendingFire? PendingFireIn(object state, Instant now) => null;

    /// <summary>The state when another job has reported; null where none can.</summary>
    internal virtual object? AfterBeat(object state, Observation beat, Instant now) => null;

    /// <summary>When other jobs have reported, and have to; null where none can.</summary>
    internal virtual BeatSchedule? BeatsOf(object state) => null;

    /// <summary>Whether what is stored of it grows no older while no process runs: it is restored however long that was.</summary>
    internal virtual bool DiscountsDowntime => false;

    /// <summary>The state to begin in where another task at the same path showed a state.</summary>
    internal virtual object CreateStateShowing(HealthState standing, Instant now) => CreateUntypedState(now);

    /// <summary>The state to continue with when the tasks below have changed: observations of the previous tasks are not
    /// counted on.</summary>
    internal virtual object Rebase(object state, Instant now) => state;

    /// <summary>The state to continue with when its own options have changed.</summary>
    internal virtual object AfterEdit(object state, Instant now) => state;

    /// <summary>Whether it counts time in which the process has to be running, also while nothing is evaluated: see
    /// <see cref="AfterPause"/>.</summary>
    internal virtual bool CountsTime => false;

    /// <summary>The state to continue with after a pause of the process: durations restart. Another one only where
    /// <see cref="CountsTime"/>.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="from">When the pause began.</param>
    /// <param name="now">The time.</param>
    internal virtual object AfterPause(object state, Instant from, Instant now) => state;

    /// <summary>The part of the state that is persisted; null where nothing is.</summary>
    internal abstract PersistedState? ToPersistedState(object state);

    /// <summary>The state restored in a new process.</summary>
    /// <param name="persisted">What <see cref="ToPersistedState"/> gave.</param>
    /// <param name="age">How long ago it came to that.</param>
    /// <param name="now">The time.</param>
    internal abstract object RestoreAt(PersistedState persisted, TimeSpan age, Instant now);

    internal abstract object CreateUntypedState(Instant now);

    internal abstract object Restart(object state, HealthState standing, Instant now);

    internal abstract bool Evaluates(object state, int child);

    internal abstract Step<object> Judge(object state, IReadOnlyList<Observation?> seen, Instant now);

    /// <summary><see cref="HealthTask.Summary"/> without the tasks below.</summary>
    internal virtual string OwnSummary => Summary;

    /// <summary>Says on what the state rests and what would change it.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="below">What each child says of itself.</param>
    /// <param name="schedule">When observations of the nodes below can arrive.</param>
    /// <param name="now">The time.</param>
    internal abstract NodeExplanation Explain(
        object state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    );
}

/// <summary>A combinator that remembers a <typeparamref name="TState"/> from one decision to the next.</summary>
/// <typeparam name="TState">An immutable record.</typeparam>
public abstract record Combinator<TState> : Combinator
    where TState : class
{
    private protected Combinator() { }

    /// <summary>The state before the first observation.</summary>
    public abstract TState CreateState(Instant now);

    /// <summary>The state after a <see cref="Toggle"/> above has made this side active: the initial state, unless
    /// the combinator has no evidence to discard.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="standing">The state that the toggle has moved to, <see cref="HealthState.Ok"/> or
    /// <see cref="HealthState.Fail"/>: what evidence has to speak against before this side moves it back.</param>
    /// <param name="now">The time of the move.</param>
    public virtual TState Restart(TState state, HealthState standing, Instant now) => CreateState(now);

    /// <summary>Whether the child at <paramref name="index"/> is evaluated in this state.</summary>
    public virtual bool Evaluates(TState state, int index) => true;

    /// <summary>The decision.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="seen">What each child shows, in the order of <see cref="HealthTask.Children"/>; null where it was not
    /// evaluated.</param>
    /// <param name="now">The time of the decision.</param>
    public abstract Step<TState> Next(TState state, IReadOnlyList<Observation?> seen, Instant now);

    private protected virtual HealthState? ChildStateOnRestart(TState state) => null;

    internal sealed override HealthState? ChildStateOnRestart(object state) => ChildStateOnRestart((TState)state);

    private protected virtual PersistedState? ToPersistedState(TState state) => null;

    /// <summary>The initial state with the restored health state: streaks restart.</summary>
    private protected virtual TState Restore(PersistedState persisted, TimeSpan age, Instant now) => CreateState(now);

    internal sealed override PersistedState? ToPersistedState(object state) => ToPersistedState((TState)state);

    internal sealed override object RestoreAt(PersistedState persisted, TimeSpan age, Instant now) =>
        Restore(persisted, age, now);

    internal sealed override object CreateUntypedState(Instant now) => CreateState(now);

    internal sealed override object Restart(object state, HealthState standing, Instant now) =>
        Restart((TState)state, standing, now);

    internal sealed override bool Evaluates(object state, int child) => Evaluates((TState)state, child);

    internal sealed override Step<object> Judge(object state, IReadOnlyList<Observation?> seen, Instant now)
    {
        Step<TState> step = Next((TState)state, seen, now);
        return new Step<object>(step.State, step.Observation, step.ToRestart);
    }

    private protected abstract NodeExplanation Explain(
        TState state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    );

    internal sealed override NodeExplanation Explain(
        object state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => Explain((TState)state, below, schedule, now);
}
