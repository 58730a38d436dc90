using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>Fails where so many of the newest observations are fails, in a row or not.</summary>
/// <remarks>For a target that fails again and again and never long enough for a <see cref="Hysteresis"/>. Below that number it is ok. An
/// <see cref="HealthState.Error"/> is not counted, and shows. A state that was restored after a restart, or given by a
/// <see cref="Toggle"/> that has moved, stands until so many or so long have been seen.</remarks>
public sealed record Within : Combinator<Within.Record>
{
    /// <summary>Describes the judgement; evaluates nothing.</summary>
    /// <param name="task">The task whose observations are judged.</param>
    /// <param name="fails">How many fails make it fail, reached and not exceeded, from 1 to 1000.</param>
    /// <param name="of">Of how many observations, the newest included: <c>10</c>; or of how long before the newest: <c>Minute(5)</c>, one that
    /// is exactly so old included.</param>
    /// <exception cref="ArgumentException">No task, no window, a number out of range, or more fails than the window has observations.</exception>
    public Within(HealthTask task, int fails, Window of)
    {
        Task = TaskOption.Check(task);
        Fails = FailsOption.Check(fails);
        Of = OfOption.Check(of);
        if (Of.Observations < Fails)
        {
            throw new ArgumentOutOfRangeException(
                nameof(fails),
                fails,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{FailsOption.Name} is {fails}, more than {OfOption.Name}, {Of}: it would never fail; accepted: 1 to {Of}"
                )
            );
        }
    }

    private static readonly TaskOption TaskOption = new("task", "the task whose observations are judged");
    private static readonly CountOption FailsOption = new("fails", "how many fails make it fail");
    private static readonly WindowOption OfOption = new(
        "of",
        "of how many of the newest observations, or of those of how long"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("within", "fails where so many of the newest observations are fails", [TaskOption, FailsOption, OfOption])
        {
            Make = given => new Within((HealthTask)given[0]!, (int)given[1]!, (Window)given[2]!),
        };

    /// <summary>The task whose observations are judged.</summary>
    public HealthTask Task { get; }

    /// <summary>How many fails make it fail.</summary>
    public int Fails { get; }

    /// <summary>Of how many observations, or of how long.</summary>
    public Window Of { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => string.Create(CultureInfo.InvariantCulture, $"within({Task}, {Fails} of {Of})");

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, Fails, Of];

    internal override string OwnSummary => string.Create(CultureInfo.InvariantCulture, $"within({Fails} of {Of})");

    internal override HealthTask StatelessEquivalent => Task;

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState;

    // A fire is one observation.
    internal override OkSources OkSources =>
        Of.Observations == 1 ? Task.OkSources : Task.OkSources & OkSources.Evidence;

    internal override OkSources FailSources => Fails == 1 ? Task.FailSources : Task.FailSources & OkSources.Evidence;

    /// <summary>What a <see cref="Within"/> remembers.</summary>
    /// <param name="Count">How many definite observations it has seen.</param>
    /// <param name="Newest">The newest fails, at most as many as make it fail: which observation each was, and when it ended.</param>
    /// <param name="Standing">The state that it was given, and that stands until the window is full; null where there is none.</param>
    /// <param name="First">When the first of them ended; null where there is none.</param>
    /// <param name="Last">When the newest of them ended.</param>
    /// <param name="Since">Evidence from before this moment does not count.</param>
    /// <param name="LastSeen">The identity of the newest observation that was counted.</param>
    /// <param name="State">The state that is shown; null before the first observation.</param>
    public sealed record Record(
        long Count,
        ImmutableQueue<(long Number, Instant Ended)> Newest,
        HealthState? Standing,
        Instant? First,
        Instant Last,
        Instant Since,
        long LastSeen,
        HealthState? State
    )
    {
        /// <summary>How many fails it remembers.</summary>
        public int Fails { get; init; }

        /// <summary>How many fails it remembers at most: so many made it fail when they were counted.</summary>
        public required int MostFails { get; init; }
    }

    /// <inheritdoc/>
    public override Record CreateState(Instant now) =>
        new(Count: 0, [], Standing: null, First: null, Last: now, Since: now, LastSeen: 0, State: null)
        {
            MostFails = Fails,
        };

    /// <summary>Stands at the state of the toggle until the window is full.</summary>
    /// <inheritdoc/>
    public override Record Restart(Record state, HealthState standing, Instant now) =>
        Begin(standing, now) with
        {
            LastSeen = state.LastSeen,
        };

    internal override object CreateStateShowing(HealthState standing, Instant now) => Begin(standing, now);

    internal override object Rebase(object state, Instant now) => BeginAnew((Record)state, now);

    internal override bool CountsTime => Of.Duration is not null;

    // Fails that were seen before are fails. But a window that is seen whole would include the time in which nothing was observed.
    internal override object AfterPause(object state, Instant from, Instant now) => (Record)state with { First = null };

    private protected override PersistedState? ToPersistedState(Record state) =>
        state.State is { } shown ? PersistedState.Of(shown) : null;

    private protected override Record Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        persisted.State is { } standing ? Begin(standing, now) : CreateState(now);

    /// <inheritdoc/>
    public override Step<Record> Next(Record state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (seen[0] is not { IsEvidence: true } shown || shown.Started < state.Since)
        {
            return new(state, HeldState.WithoutEvidence(state.State, Task, seen[0]));
        }

        // With a larger number than it was counted for, it may have forgotten fails that count now.
        Record known = state.MostFails >= Fails ? state : BeginAnew(state, state.Since);
        Record next = shown.Id <= known.LastSeen ? known : Count(known, shown);
        return new(next, Show(next, shown));
    }

    private protected override NodeExplanation Explain(
        Record state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) =>
        new(
            state.Count == 0
                ? "no observation yet"
                : string.Create(CultureInfo.InvariantCulture, $"{InWindow(state)} of the last {Of} failed"),
            ""
        );

    private Record Begin(HealthState standing, Instant now) =>
        CreateState(now) with
        {
            Standing = standing,
            State = standing,
        };

    private Record BeginAnew(Record before, Instant since) =>
        before.State is { } shown ? Begin(shown, since) with { LastSeen = before.LastSeen } : CreateState(since);

    private Record Count(Record state, Observation seen)
    {
        if (seen.State == HealthState.Error)
        {
            return state with { LastSeen = seen.Id };
        }

        Record next = state with
        {
            Count = state.Count + 1,
            First = state.First ?? seen.Ended,
            Last = seen.Ended,
            LastSeen = seen.Id,
        };
        if (seen.State == HealthState.Fail)
        {
            ImmutableQueue<(long, Instant)> newest = next.Newest.Enqueue((next.Count, seen.Ended));
            int fails = next.Fails + 1;
            // More than one where the number is smaller than before.
            for (; fails > Fails; fails--)
            {
                newest = newest.Dequeue();
            }

            next = next with { Newest = newest, Fails = fails, MostFails = Fails };
        }

        bool isFailing = next.Fails == Fails && IsInWindow(next, next.Newest.Peek());
        bool isWindowFull = Of.Observations is { } count
            ? next.Count >= count
            : seen.Ended - next.First!.Value >= Of.Duration;
        HealthState? standing = isWindowFull || isFailing ? null : next.Standing;
        return next with { Standing = standing, State = isFailing ? HealthState.Fail : standing ?? HealthState.Ok };
    }

    private bool IsInWindow(Record state, (long Number, Instant Ended) fail) =>
        Of.Observations is { } count ? fail.Number > state.Count - count : state.Last - fail.Ended <= Of.Duration;

    private int InWindow(Record state) => state.Newest.Count(fail => IsInWindow(state, fail));

    private Observation Show(Record state, Observation seen)
    {
        if (seen.State == HealthState.Error || state.State is not { } shown)
        {
            return seen;
        }

        string counted = string.Create(CultureInfo.InvariantCulture, $"{InWindow(state)} of the last {Of} failed");
        string why = seen.Reason.Length > 0 ? $": {seen.Reason}" : "";
        string reason = state.Fails == 0 && shown == seen.State ? seen.Reason : counted + why;
        return HeldState.Instead(seen, shown, reason);
    }
}
