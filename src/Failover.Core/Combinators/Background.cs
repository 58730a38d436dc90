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
    /// <param name="initialState">The state before the first result: ok, fail, or <see cref="Units.First"/>: error until there is one; left
    /// out, the initial state of <paramref name="task"/> if it has one, else fail.</param>
    /// <param name="staleAfter">The age over which a result reads as an error, from <paramref name="interval"/> to 30 days; one that is exactly
    /// so old does not. Left out, 3 times the interval that is in force then, and the task's longest time.</param>
    /// <param name="jitter">How much later than due a turn may be, at most the interval: turns of many processes do not fall together. Left
    /// out, none.</param>
    /// <param name="fastInterval">The interval while a <see cref="Hysteresis"/> below has counted results against its state, at most
    /// <paramref name="interval"/>; left out, <paramref name="interval"/>. HAProxy's <c>fastinter</c>.</param>
    /// <param name="downInterval">The interval while the newest result is fail and nothing speaks against it, from 1 ms to 30 days; left out,
    /// <paramref name="interval"/>. HAProxy's <c>downinter</c>.</param>
    /// <exception cref="ArgumentException">No task, a duration out of range (1 ms to 30 days), another initial state, a <paramref name="staleAfter"/> shorter than an interval, or a <paramref name="jitter"/> or <paramref name="fastInterval"/>
    /// over <paramref name="interval"/>.</exception>
    public Background(
        HealthTask task,
        TimeSpan interval,
        HealthState? initialState = null,
        TimeSpan? staleAfter = null,
        TimeSpan? jitter = null,
        TimeSpan? fastInterval = null,
        TimeSpan? downInterval = null
    )
    {
        Task = TaskOption.Check(task);
        Interval = IntervalOption.Check(interval);
        InitialState = InitialStateOption.Check(initialState ?? task.InitialShownState ?? HealthState.Fail);
        Jitter = UpToInterval(JitterOption, jitter);
        FastInterval = UpToInterval(FastIntervalOption, fastInterval);
        DownInterval = downInterval is null ? null : DownIntervalOption.Check(downInterval);
        TimeSpan longestFresh = LongestFresh(Interval);
        // The default may be out of the bounds of what can be given; given explicitly it is still the default.
        hasStaleAfter = staleAfter is not null && staleAfter != longestFresh;
        StaleAfter = hasStaleAfter ? StaleAfterOption.Check(staleAfter) : longestFresh;
        (DurationOption longest, TimeSpan shortest) =
            DownInterval > Interval ? (DownIntervalOption, DownInterval.Value) : (IntervalOption, Interval);
        if (hasStaleAfter && StaleAfter < shortest)
        {
            throw new ArgumentOutOfRangeException(
                StaleAfterOption.Name,
                StaleAfter,
                $"{StaleAfterOption.Name} is {Units.Text(StaleAfter)}, shorter than {longest.Name}, {Units.Text(shortest)}: every result would go stale before the next one; accepted: {Units.Text(shortest)} or more"
            );
        }
    }

    private readonly bool hasStaleAfter;

    private static readonly TaskOption TaskOption = new("task", "the task that is evaluated");
    private static readonly DurationOption IntervalOption = new(
        "interval",
        "from the start of one evaluation to the start of the next"
    );
    private static readonly StateOption InitialStateOption = new(
        "initialState",
        "the state before the first result",
        "the task's own initial state, else fail"
    )
    {
        TakesFirst = true,
    };
    private static readonly DurationOption StaleAfterOption = new(
        "staleAfter",
        "the age over which a result reads as error",
        FallbackText: "3 × the interval in force + the task's longest time"
    );
    private static readonly DurationOption JitterOption = new(
        "jitter",
        "how much later than due a turn may be",
        FallbackText: "none"
    );
    private static readonly DurationOption FastIntervalOption = new(
        "fastInterval",
        "the interval while a hysteresis below counts results against its state",
        FallbackText: "interval"
    );
    private static readonly DurationOption DownIntervalOption = new(
        "downInterval",
        "the interval while the newest result is fail",
        FallbackText: "interval"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "background",
            "evaluates its task every interval; read, it gives the newest result at once",
            [
                TaskOption,
                IntervalOption,
                InitialStateOption,
                StaleAfterOption,
                JitterOption,
                FastIntervalOption,
                DownIntervalOption,
            ]
        )
        {
            Make = given => new Background(
                (HealthTask)given[0]!,
                (TimeSpan)given[1]!,
                (HealthState?)given[2],
                (TimeSpan?)given[3],
                (TimeSpan?)given[4],
                (TimeSpan?)given[5],
                (TimeSpan?)given[6]
            ),
        };

    /// <summary>The task that is evaluated.</summary>
    public HealthTask Task { get; }

    /// <summary>From the start of one evaluation to the start of the next.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The state before the first result.</summary>
    public HealthState InitialState { get; }

    /// <summary>The age over which a result reads as an error. Where it was not given and there is a <see cref="DownInterval"/>, that of
    /// an ok; a fail may be older.</summary>
    public TimeSpan StaleAfter { get; }

    /// <summary>How much later than due a turn may be; null where none is.</summary>
    public TimeSpan? Jitter { get; }

    /// <summary>The interval while a change is in progress; null where that makes no difference.</summary>
    public TimeSpan? FastInterval { get; }

    /// <summary>The interval while the newest result is fail; null where that makes no difference.</summary>
    public TimeSpan? DownInterval { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <summary>Zero: reading takes no time.</summary>
    public override TimeSpan LongestTime => TimeSpan.Zero;

    /// <inheritdoc/>
    public override string Summary => $"background({Task}, every {Units.Text(Interval)})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [Task, Interval, InitialState, StaleAfter, Jitter, FastInterval, DownInterval];

    internal override string OwnSummary => $"background(every {Units.Text(Interval)})";

    internal override HealthState? InitialShownState => InitialState;

    internal override bool HasOnDemandCheck => false;

    internal override bool ChangesByItself => true;

    internal override OkSources OkSources => Task.OkSources;

    internal override OkSources FailSources => Task.FailSources;

    internal override HealthTask StatelessEquivalent => Task;

    internal override TurnSchedule? Turns =>
        new(Interval, ShortestInterval, Jitter ?? TimeSpan.Zero)
        {
            IsVariable = FastInterval is not null || DownInterval is not null,
        };

    internal override TimeSpan IntervalInForce(object state, bool isChanging) =>
        isChanging ? FastInterval ?? Interval
        : ((Newest)state).Result is { State: HealthState.Fail, IsEvidence: true } ? DownInterval ?? Interval
        : Interval;

    internal override TimeSpan? StaleBound => StaleAfter;

    private TimeSpan ShortestInterval
    {
        get
        {
            TimeSpan shortest = FastInterval ?? Interval;
            shortest = DownInterval < shortest ? DownInterval.Value : shortest;
            TimeSpan apart = shortest - (Jitter ?? TimeSpan.Zero);
            return apart > DurationOption.Shortest ? apart : DurationOption.Shortest;
        }
    }

    private TimeSpan LongestFresh(TimeSpan interval) =>
        Beyond(Task.LongestTime, (3 * interval) + (Jitter ?? TimeSpan.Zero));

    // After a fail the next result may be further off.
    private TimeSpan StaleAfterOf(HealthState state) =>
        !hasStaleAfter && state == HealthState.Fail && DownInterval > Interval
            ? LongestFresh(DownInterval.Value)
            : StaleAfter;

    private TimeSpan? UpToInterval(DurationOption option, TimeSpan? given)
    {
        if (given is null)
        {
            return null;
        }

        TimeSpan duration = option.Check(given);
        return duration <= Interval
            ? duration
            : throw new ArgumentOutOfRangeException(
                option.Name,
                duration,
                $"{option.Name} is {Units.Text(duration)}, longer than {IntervalOption.Name}, {Units.Text(Interval)}; accepted: up to {Units.Text(Interval)}"
            );
    }

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
        if (seen[0] is not { } result)
        {
            return new(state, state.Result);
        }

        TimeSpan staleAfter = StaleAfterOf(result.State);
        Newest next = new(
            result with
            {
                FreshUntil = Instant.Min(result.FreshUntil, now + staleAfter),
                EvidenceUntil = Instant.Min(result.EvidenceUntil, now + staleAfter),
            }
        );
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
