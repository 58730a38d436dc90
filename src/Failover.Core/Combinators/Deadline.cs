using System.Collections.Immutable;

namespace Failover;

/// <summary>Fails where its task has no result after so long: the evaluation is given up, and no longer waited for.</summary>
/// <remarks>What is given up runs on to its end, and is not started a second time beside itself: an evaluation that joins it has waited
/// since it was started. Checks have timeouts of their own; this is
/// one for several tasks together, or for code that has none. Read from memory, below a <see cref="Background"/>, nothing takes
/// time. A deadline that passes while this process does not run is an error, no failure of the target.</remarks>
public sealed record Deadline : Combinator<NoMemory>
{
    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="task">The task that is evaluated.</param>
    /// <param name="after">How long it may take, from 1 ms to 30 days; reached, it fails.</param>
    /// <exception cref="ArgumentException">No task, or a duration out of range.</exception>
    public Deadline(HealthTask task, TimeSpan after)
    {
        Task = TaskOption.Check(task);
        After = AfterOption.Check(after);
    }

    private static readonly TaskOption TaskOption = new("task", "the task that is evaluated");
    private static readonly DurationOption AfterOption = new("after", "how long it may take before it fails");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("deadline", "fails where its task has no result after so long", [TaskOption, AfterOption])
        {
            Make = given => new Deadline((HealthTask)given[0]!, (TimeSpan)given[1]!),
        };

    /// <summary>The task that is evaluated.</summary>
    public HealthTask Task { get; }

    /// <summary>How long it may take.</summary>
    public TimeSpan After { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => After < Task.LongestTime ? After : Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"deadline({Task}, {Units.Text(After)})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, After];

    internal override string OwnSummary => $"deadline({Units.Text(After)})";

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState;

    internal override OkSources OkSources => Task.OkSources;

    internal override OkSources FailSources => OkSources.Evidence;

    internal override TimeSpan? EvaluationLimit => After;

    internal override Observation TimedOut => Observation.TimedOut($"timed out after {Units.Text(After)}");

    /// <inheritdoc/>
    public override NoMemory CreateState(Instant now) => NoMemory.Instance;

    /// <inheritdoc/>
    public override Step<NoMemory> Next(NoMemory state, IReadOnlyList<Observation?> seen, Instant now) =>
        new(state, seen[0] ?? Observation.NotEvaluated(Task.InitialShownState));

    private protected override NodeExplanation Explain(
        NoMemory state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => new("", below[0].Flip);
}
