using System.Collections.Immutable;

namespace Failover;

/// <summary>Evaluates its task at once at start-up and then every interval; read, it gives the newest result without
/// evaluating.</summary>
/// <remarks>The loop never stops, whatever the task does, and never runs twice at a time. A result older than
/// <see cref="StaleAfter"/> reads as <see cref="HealthState.Error"/>.</remarks>
public sealed record Background : Combinator<Background.Newest>
{
    /// <summary>Describes the loop; starts nothing.</summary>
    /// <param name="task">The task that is evaluated.</param>
    /// <param name="interval">From the start of one evaluation to the start of the next, from 1 ms to 30 days.</param>
    /// <param name="initialState">The state before the first result: ok or fail; left out, the initial state of
    /// <paramref name="task"/> if it has one, else fail.</param>
    /// <param name="staleAfter">The age over which a result reads as an error, from <paramref name="interval"/> to 30 days; one that is exactly
    /// so old does not. Left out, 3 intervals and the task's longest time.</param>
    /// <exception cref="ArgumentException">No task, a duration out of range (1 ms to 30 days), an initial state that is neither ok nor
    /// fail, or a <paramref name="staleAfter"/> shorter than <paramref name="interval"/>.</exception>
    public Background(HealthTask task, TimeSpan interval, HealthState? initialState = null, TimeSpan? staleAfter = null)
    {
        Task = TaskOption.Check(task);
        Interval = IntervalOption.Check(interval);
        InitialState = InitialStateOption.Check(initialState ?? task.InitialShownState ?? HealthState.Fail);
        TimeSpan longestFresh = Beyond(task.LongestTime, 3 * interval);
        // The default may be out of the bounds of what can be given; given explicitly it is still the default.
        StaleAfter =
            staleAfter is null || staleAfter == longestFresh ? longestFresh : StaleAfterOption.Check(staleAfter);
        if (StaleAfter < Interval)
        {
            throw new ArgumentOutOfRangeException(
                StaleAfterOption.Name,
                StaleAfter,
                $"{StaleAfterOption.Name} is {Units.Text(StaleAfter)}, shorter than {IntervalOption.Name}, {Units.Text(Interval)}: every result would go stale before the next one; accepted: {Units.Text(Interval)} or more"
            );
        }
    }

    private static readonly TaskOption TaskOption = new("task", "the task that is evaluated");
    private static readonly DurationOption IntervalOption = new(
        "interval",
        "from the start of one evaluation to the start of the next"
    );
    private static readonly StateOption InitialStateOption = new(
        "initialState",
        "the state before the first result",
        "the task's own initial state, else fail"
    );
    private static readonly DurationOption StaleAfterOption = new(
        "staleAfter",
        "the age over which a result reads as error",
        FallbackText: "3 × interval + the task's longest time"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "background",
            "evaluates its task every interval; read, it gives the newest result at once",
            [TaskOption, IntervalOption, InitialStateOption, StaleAfterOption]
        )
        {
            Make = given => new Background(
                (HealthTask)given[0]!,
                (TimeSpan)given[1]!,
                (HealthState?)given[2],
                (TimeSpan?)given[3]
            ),
        };

    /// <summary>The task that is evaluated.</summary>
    public HealthTask Task { get; }

    /// <summary>From the start of one evaluation to the start of the next.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The state before the first result.</summary>
    public HealthState InitialState { get; }

    /// <summary>The age over which a result reads as an error.</summary>
    public TimeSpan StaleAfter { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <summary>Zero: reading takes no time.</summary>
    public override TimeSpan LongestTime => TimeSpan.Zero;

    /// <inheritdoc/>
    public override string Summary => $"background({Task}, every {Units.Text(Interval)})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, Interval, InitialState, StaleAfter];

    internal override string OwnSummary => $"background(every {Units.Text(Interval)})";

    internal override HealthState? InitialShownState => InitialState;

    internal override bool HasOnDemandCheck => false;

    internal override bool HasBackground => true;

    internal override OkSources OkSources => Task.OkSources;

    internal override HealthTask StatelessEquivalent => Task;

    internal override TimeSpan? TurnInterval => Interval;

    internal override TimeSpan? StaleBound => StaleAfter;

    // A check of the user's may say that it takes for ever.
    private static TimeSpan Beyond(TimeSpan longest, TimeSpan more) =>
        longest < TimeSpan.MaxValue - more ? longest + more : TimeSpan.MaxValue;

    /// <summary>What a <see cref="Background"/> remembers.</summary>
    /// <param name="Result">The newest result, or a placeholder for the first one.</param>
    public sealed record Newest(Observation Result);

    /// <inheritdoc/>
    public override Newest CreateState(Instant now) => Placeholder(InitialState, "no result yet", now);

    // An error is not restored: the last definite result is.
    private protected override PersistedState? ToPersistedState(Newest state) =>
        state.Result.State == HealthState.Error ? null : PersistedState.Of(state.Result.State, state.Result.Reason);

    private protected override Newest Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        persisted.State is { } state ? Placeholder(state, "no result yet since the restart", now) : CreateState(now);

    internal override object CreateStateShowing(HealthState standing, Instant now) =>
        Placeholder(standing, "no result yet", now);

    private Newest Placeholder(HealthState state, string reason, Instant now) =>
        new(
            Observation.WithoutEvidence(state, reason) with
            {
                Started = now,
                Ended = now,
                FreshUntil = now + StaleAfter,
                EvidenceUntil = now + StaleAfter,
            }
        );

    /// <summary>Unchanged: the newest result remains. A <see cref="Toggle"/> ignores observations that began before its move.</summary>
    public override Newest Restart(Newest state, HealthState standing, Instant now) => state;

    /// <inheritdoc/>
    public override Step<Newest> Next(Newest state, IReadOnlyList<Observation?> seen, Instant now)
    {
        Newest next = seen[0] is { } result
            ? new(
                result with
                {
                    FreshUntil = Instant.Min(result.FreshUntil, now + StaleAfter),
                    EvidenceUntil = Instant.Min(result.EvidenceUntil, now + StaleAfter),
                }
            )
            : state;
        return new(next, next.Result);
    }

    /// <summary>What its task says would flip it, and when the loop probes next.</summary>
    private protected override NodeExplanation Explain(
        Newest state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    )
    {
        Observation result = state.Result;
        string age = ExplanationText.Rounded(now - (result.IsEvidence ? result.Ended : result.Started));
        return new(
            result.IsEvidence ? $"newest result {age} old" : $"no result in {age}",
            below[0].Flip,
            ExplanationText.Join(
                $"next probe {ExplanationText.In(schedule.Turn(1, now), now)}",
                result.FreshUntil == Instant.Never ? ""
                    : result.FreshUntil < now ? "stale until then"
                    : $"stale {ExplanationText.In(result.FreshUntil, now)}"
            )
        );
    }
}
