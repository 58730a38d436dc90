using System.Collections.Immutable;

namespace Failover;

/// <summary>Uses a result again for a while: requests within it evaluate nothing.</summary>
/// <remarks>For tasks that are evaluated on demand; below a <see cref="Background"/> loop, what is read is in memory anyway. An error is
/// not used again: the next request tries anew. A loop above it that uses a result again believes it for as long as a new one, so that
/// an ok may be older than <c>staleAfter</c> by <c>maxAge</c>.</remarks>
public sealed record Cache : Combinator<Cache.Newest>
{
    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="task">The task that is evaluated.</param>
    /// <param name="maxAge">How old a result may be that is used again, from 1 ms to 30 days; one that is exactly so old is.</param>
    /// <exception cref="ArgumentException">No task, or a duration out of range.</exception>
    public Cache(HealthTask task, TimeSpan maxAge)
    {
        Task = TaskOption.Check(task);
        MaxAge = MaxAgeOption.Check(maxAge);
    }

    private static readonly TaskOption TaskOption = new("task", "the task that is evaluated");
    private static readonly DurationOption MaxAgeOption = new("maxAge", "how old a result may be that is used again");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("cache", "uses a result again for a while", [TaskOption, MaxAgeOption])
        {
            Make = given => new Cache((HealthTask)given[0]!, (TimeSpan)given[1]!),
        };

    /// <summary>The task that is evaluated.</summary>
    public HealthTask Task { get; }

    /// <summary>How old a result may be that is used again.</summary>
    public TimeSpan MaxAge { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"cache({Task}, {Units.Text(MaxAge)})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, MaxAge];

    internal override string OwnSummary => $"cache({Units.Text(MaxAge)})";

    internal override HealthTask StatelessEquivalent => Task;

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState;

    internal override OkSources OkSources => Task.OkSources;

    internal override OkSources FailSources => Task.FailSources;

    /// <summary>What a <see cref="Cache"/> remembers.</summary>
    /// <param name="Until">The last moment at which the newest result is used again; null where it is not.</param>
    public sealed record Newest(Instant? Until);

    /// <inheritdoc/>
    public override Newest CreateState(Instant now) => new(Until: null);

    internal override object Rebase(object state, Instant now) => CreateState(now);

    internal override bool ReusesResult(object state, Instant now) => now <= ((Newest)state).Until;

    /// <inheritdoc/>
    public override Step<Newest> Next(Newest state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (seen[0] is not { } result)
        {
            return new(state, Observation.NotEvaluated(Task.InitialShownState));
        }

        bool isUsedAgain = result is { IsEvidence: true, State: not HealthState.Error };
        return new(new(isUsedAgain ? result.Ended + MaxAge : null), result);
    }

    private protected override NodeExplanation Explain(
        Newest state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) =>
        new(
            "",
            below[0].Flip,
            state.Until is { } until && until >= now ? $"used again until {ExplanationText.In(until, now)}" : ""
        );
}
