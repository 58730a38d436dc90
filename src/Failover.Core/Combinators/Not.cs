using System.Collections.Immutable;

namespace Failover;

/// <summary>Is ok where its task is fail, and fail where that is ok; an error stays one.</summary>
public sealed record Not : Combinator<NoMemory>
{
    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="task">The task whose result is turned round.</param>
    /// <exception cref="ArgumentNullException">No task.</exception>
    public Not(HealthTask task) => Task = TaskOption.Check(task);

    private static readonly TaskOption TaskOption = new("task", "the task whose result is turned round");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("not", "is ok where its task is fail, and fail where that is ok", [TaskOption])
        {
            Make = given => new Not((HealthTask)given[0]!),
            WholeOption = TaskOption,
        };

    /// <summary>The task whose result is turned round.</summary>
    public HealthTask Task { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"not({Task})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task];

    internal override string OwnSummary => "not";

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState is { } state ? Opposite(state) : null;

    internal override OkSources OkSources => Task.FailSources;

    internal override OkSources FailSources => Task.OkSources;

    internal override HealthState StandingBelow(HealthState standing) => Opposite(standing);

    internal override HealthState? LatchedValue(object state, ReadOnlySpan<HealthState?> below) =>
        below[0] is { } latched ? Opposite(latched) : null;

    /// <inheritdoc/>
    public override NoMemory CreateState(Instant now) => NoMemory.Instance;

    /// <inheritdoc/>
    public override Step<NoMemory> Next(NoMemory state, IReadOnlyList<Observation?> seen, Instant now) =>
        new(state, seen[0] is { } shown ? Show(shown) : Observation.NotEvaluated(InitialShownState));

    private protected override NodeExplanation Explain(
        NoMemory state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => new("", "");

    private static HealthState Opposite(HealthState state) =>
        state switch
        {
            HealthState.Ok => HealthState.Fail,
            HealthState.Fail => HealthState.Ok,
            HealthState.Error => HealthState.Error,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };

    private static Observation Show(Observation seen)
    {
        if (seen.State == HealthState.Error)
        {
            return seen;
        }

        string why = seen.Reason.Length > 0 ? $": {seen.Reason}" : "";
        return seen with
        {
            State = Opposite(seen.State),
            Reason = $"{seen.State.Word()}{why} (negated)",
            // A fail may be held for longer than its evidence lasts; an ok that follows from it may not.
            FreshUntil =
                seen.State == HealthState.Fail ? Instant.Min(seen.FreshUntil, seen.EvidenceUntil) : seen.FreshUntil,
        };
    }
}
